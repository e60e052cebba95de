import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageSources, type SourceFile } from './source-files.ts';
import { onlyParts } from './source-parts.ts';

/** The doors of the packages: what they export is public. */
const ENTRY_POINT = /^packages\/(?:[^/]+\/src\/index|core\/src\/contract\/index)\.ts$/;
const RE_EXPORT = /^export\s+(?:type\s+)?(\*|\{[^}]*\})\s+from\s+'(\.[^']+)'/gm;
const DECLARATION =
  /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|const|let|class|interface|type)\s+([\w$]+)/gm;
const DOC_COMMENT_BEFORE = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/;

describe('every declaration that a package exports', () => {
  const sources = packageSources();

  it('has a comment for its users', () => {
    const entryPoints = sources.filter(({ path }) => ENTRY_POINT.test(path));
    expect(entryPoints.length).toBeGreaterThan(6);
    const exported = entryPoints.flatMap(({ path }) => exportsOf(path, sources));
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

interface ExportedName {
  readonly path: string;
  readonly name: string;
  readonly documented: boolean;
}

function undocumented(names: readonly ExportedName[]): readonly string[] {
  return [...new Set(names.filter(({ documented }) => !documented).map(({ path, name }) => `${path}: ${name}`))];
}

/** All that a module exports, followed through its re-exports to the declarations. */
function exportsOf(path: string, files: readonly SourceFile[]): readonly ExportedName[] {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) return [{ path, name: 'a file that does not exist', documented: false }];
  const text = onlyParts(file.text, 'code', 'string');
  const own = [...text.matchAll(DECLARATION)].map(({ index, 1: name = '' }) => ({
    path,
    name,
    documented: DOC_COMMENT_BEFORE.test(file.text.slice(0, index)),
  }));
  const others = [...text.matchAll(RE_EXPORT)].flatMap(({ 1: what = '', 2: from = '' }) => {
    const target = posix.join(posix.dirname(path), from).replace(/\.js$/, '.ts');
    const all = exportsOf(target, files);
    return what === '*' ? all : namesIn(what).flatMap((name) => pick(all, target, name));
  });
  return [...own, ...others];
}

/** Overloads and a type beside a value of one name are one export: a comment above one of them is enough. */
function pick(all: readonly ExportedName[], path: string, name: string): readonly ExportedName[] {
  const found = all.filter((candidate) => candidate.name === name);
  return [found.find(({ documented }) => documented) ?? found[0] ?? { path, name, documented: false }];
}

function namesIn(list: string): readonly string[] {
  return list
    .slice(1, -1)
    .split(',')
    .map(
      (item) =>
        item
          .trim()
          .replace(/^type\s+/, '')
          .split(/\s+as\s+/)[0] ?? '',
    )
    .filter((name) => name !== '');
}
