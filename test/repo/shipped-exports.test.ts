import { describe, expect, it } from 'vitest';
import { entryPoints } from './entry-points.ts';
import { exportsOf } from './exported-names.ts';
import { packageSources, type SourceFile } from './source-files.ts';
import { onlyParts } from './source-parts.ts';

const EXPORT = /^export (?:async )?(?:function\*?|const|class) (\w+)/gm;

describe('what a package ships', () => {
  it('is used by what is shipped, not by tests alone', () => {
    const sources = packageSources();
    const doors = entryPoints().flatMap(({ source }) => exportsOf(source, sources).map(({ name }) => name));
    expect(doors.length).toBeGreaterThan(100);
    expect(unusedExports(sources, new Set(doors))).toEqual([]);
  });

  it.each([
    ['a function that nothing calls', 'export function lost() {}', ['packages/sql/src/a.ts: lost']],
    ['a constant that a comment names', 'export const LOST = 1;\n/** See LOST. */', ['packages/sql/src/a.ts: LOST']],
    ['a function that its file calls', 'export function used() {}\nused();', []],
    ['a name of an entry point', 'export function open() {}', []],
  ])('tells %s', (_, text, found) => {
    expect(unusedExports([{ path: 'packages/sql/src/a.ts', text }], new Set(['open']))).toEqual(found);
  });
});

/** Exports whose name stands nowhere else in shipped code. */
function unusedExports(files: readonly SourceFile[], doors: ReadonlySet<string>): readonly string[] {
  const counts = new Map<string, number>();
  const codes = files.map(({ path, text }) => ({ path, code: onlyParts(text, 'code') }));
  for (const { code } of codes)
    for (const [word] of code.matchAll(/\w+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return codes.flatMap(({ path, code }) =>
    [...code.matchAll(EXPORT)]
      .map(([, name = '']) => name)
      .filter((name) => counts.get(name) === 1 && !doors.has(name))
      .map((name) => `${path}: ${name}`),
  );
}
