import { describe, expect, it } from 'vitest';
import { repositoryFiles, type SourceFile } from './source-files.ts';
import { onlyParts } from './source-parts.ts';

/** The patterns that must not be committed, beside those that the linter finds. */
const PATTERNS: readonly { readonly what: string; readonly in: 'code' | 'comment'; readonly pattern: RegExp }[] = [
  { what: 'unfinished work', in: 'comment', pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/ },
  { what: 'unfinished work', in: 'code', pattern: /\bnot implemented\b/i },
  { what: 'a test that may not run', in: 'code', pattern: /\.(?:skip|only|todo|skipIf|fails)\b\s*\(/ },
  { what: 'a mock of a module', in: 'code', pattern: /\bvi\.(?:mock|doMock)\(/ },
  { what: 'an error swallowed without a word', in: 'code', pattern: /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}/ },
  { what: 'a check of types switched off', in: 'comment', pattern: /@ts-(?:ignore|nocheck|expect-error)/ },
];

describe('the repository holds no', () => {
  const files = repositoryFiles().filter(({ path }) => /\.(?:ts|mjs|js)$/.test(path));

  it('unfinished or unchecked code', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(findings(files)).toEqual([]);
  });

  it.each([
    '// TODO: mend this',
    '/** FIXME */',
    "it.skip('waits', () => {});",
    "describe.todo ('later');",
    "it.skipIf(windows)('sometimes', () => {});",
    "vi.mock('pg');",
    'try { work(); } catch {\n}',
    'try { work(); } catch (error) { }',
    '// @ts-expect-error it is fine',
  ])('%s', (text) => {
    expect(findings([{ path: 'a.ts', text }])).toHaveLength(1);
  });

  it('but takes a catch that says why, and such words inside strings', () => {
    const text = "try { work(); } catch {\n  // Gone already: nothing to close.\n}\nconst text = 'it.skip(1) // TODO';";
    expect(findings([{ path: 'a.ts', text }])).toEqual([]);
  });
});

function findings(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, text }) => {
    const views = { code: onlyParts(text, 'code'), comment: onlyParts(text, 'comment') };
    return PATTERNS.flatMap((check) => {
      const match = check.pattern.exec(views[check.in]);
      if (match === null || (check.in === 'code' && isExplained(match, views.comment))) return [];
      return [`${path}:${text.slice(0, match.index).split('\n').length}: ${check.what}`];
    });
  });
}

/** True where a comment is inside the match, such as in a block that holds nothing else. */
function isExplained({ index, 0: found }: RegExpExecArray, comments: string): boolean {
  return comments.slice(index, index + found.length).trim() !== '';
}
