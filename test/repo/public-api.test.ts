import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publicApiPage } from '../../scripts/print-public-api.ts';
import { entryPoints, entryPointsOf } from './entry-points.ts';
import { packageSources, repositoryRoot } from './source-files.ts';

describe('the public API', () => {
  it('is printed as docs/public-api.md (else run `node scripts/print-public-api.ts`)', () => {
    expect(entryPoints().length).toBeGreaterThan(8);
    const page = publicApiPage(entryPoints(), packageSources());
    expect(page).not.toContain(': unknown');
    expect(readFileSync(join(repositoryRoot, 'docs/public-api.md'), 'utf8')).toBe(page);
  });

  it.each([
    ['one more name', "export const a = 1;\nexport { b } from './b.js';\nexport const c = 1;"],
    ['one name fewer', 'export const a = 1;'],
    ['another name for the same', "export const a = 1;\nexport { b as c } from './b.js';"],
    ['another kind', "export type a = 1;\nexport { b } from './b.js';"],
    ['a name whose declaration is gone', "export const a = 1;\nexport { c as b } from './b.js';"],
  ])('is another with %s', (_, text) => {
    const before = pageOf("export const a = 1;\nexport { b } from './b.js';");
    expect(before).toContain('## @dbsync/new\n\n- `a`: const\n- `b`: function\n');
    expect(pageOf(text)).not.toBe(before);
  });

  it('has an entry point for each subpath of a package that is published', () => {
    const exports = {
      '.': { default: './dist/index.js' },
      './kit': './dist/kit/index.js',
      './package.json': './a.json',
    };
    const names = (manifest: Parameters<typeof entryPointsOf>[1]) =>
      entryPointsOf('packages/new', manifest).map(({ specifier, source }) => `${specifier} ${source}`);
    const expected = ['@dbsync/new packages/new/src/index.ts', '@dbsync/new/kit packages/new/src/kit/index.ts'];
    expect(names({ name: '@dbsync/new', exports })).toEqual(expected);
    expect(names({ name: '@dbsync/new', private: true, exports })).toEqual([]);
  });
});

function pageOf(text: string): string {
  const files = [
    { path: 'packages/new/src/index.ts', text },
    { path: 'packages/new/src/b.ts', text: 'export async function b() {}' },
  ];
  return publicApiPage([{ specifier: '@dbsync/new', source: 'packages/new/src/index.ts' }], files);
}
