import { describe, expect, it } from 'vitest';
import { entryPoints } from './entry-points.ts';
import { type ExportedName, exportsOf } from './exported-names.ts';
import { packageSources } from './source-files.ts';

describe('every declaration that a package exports', () => {
  const sources = packageSources();

  it('has a comment for its users', () => {
    const doors = entryPoints();
    expect(doors.length).toBeGreaterThan(8);
    const exported = doors.flatMap(({ source }) => exportsOf(source, sources));
    expect(exported.length).toBeGreaterThan(60);
    expect(undocumented(exported)).toEqual([]);
  });

  it.each([
    ['a declaration of the entry point', { 'index.ts': 'export const a = 1;' }],
    [
      'a declaration behind a re-export',
      { 'index.ts': "export { a } from './a.js';", 'a.ts': 'export function a() {}' },
    ],
    ['a type in a list', { 'index.ts': "export { type A } from './a.js';", 'a.ts': '// A\nexport interface A {}' }],
    [
      'all of a file',
      { 'index.ts': "export type * from './a.js';", 'a.ts': 'export type A = 1;\n/** B. */\nexport type B = 2;' },
    ],
    ['a name that is nowhere', { 'index.ts': "export { a } from './a.js';", 'a.ts': '/** B. */\nexport const b = 1;' }],
  ])('is found: %s', (_, texts) => {
    const files = Object.entries(texts).map(([path, text]) => ({ path: `packages/sql/src/${path}`, text }));
    expect(undocumented(exportsOf('packages/sql/src/index.ts', files))).toHaveLength(1);
  });

  it('is content with a comment above it', () => {
    const text = '/**\n * What a is.\n */\nexport async function a() {}\n\n/** B. */\nexport class B {}';
    expect(undocumented(exportsOf('packages/sql/src/index.ts', [{ path: 'packages/sql/src/index.ts', text }]))).toEqual(
      [],
    );
  });
});

function undocumented(names: readonly ExportedName[]): readonly string[] {
  return [...new Set(names.filter(({ documented }) => !documented).map(({ path, name }) => `${path}: ${name}`))];
}
