import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryFiles, type SourceFile } from './source-files.ts';

/** The rules that hold now; R24 to R33 are about deliveries to web services, which are not there yet. */
const RULES = Array.from({ length: 23 }, (_, index) => `R${index + 1}`);
const TEST_NAME = /\b(?:it|test|describe)(?:\.each\([\s\S]{0,2000}?\)|\.[a-z]+)?\(\s*(['"`])(R\d+(?:, R\d+)*) /g;
/** The conformance cases of stores: named values that a test runs. */
const CASE_NAME = /\bname: (['"`])(R\d+(?:, R\d+)*) /g;
const RULE_HEADING = /^### (R\d+) /gm;

describe('docs/correctness.md', () => {
  const files = repositoryFiles();
  const tested = rulesWithTests(files);

  it.each(RULES)('%s has a test of its name', (rule) => {
    expect(tested.get(rule) ?? []).not.toEqual([]);
  });

  it('states every rule in order and names files that test it', () => {
    const page = files.find(({ path }) => path === 'docs/correctness.md')?.text ?? '';
    const stated = [...page.matchAll(RULE_HEADING)].map((match) => match[1]);
    expect(stated).toEqual(Array.from({ length: 33 }, (_, index) => `R${index + 1}`));
    expect(wrongProofs(page, tested)).toEqual([]);
  });

  it('is not taken in by the name of a rule elsewhere', () => {
    const text = "// it('R1 in a comment of another name', f);\nconst a = 'R1 x';\nit('R12 b', f);\nit('R1b c', f);";
    expect([...rulesWithTests([{ path: 'a.test.ts', text }]).keys()]).toEqual(['R12']);
    expect([...rulesWithTests([{ path: 'a.ts', text: "it('R1 a', f);" }]).keys()]).toEqual([]);
  });

  it('is refused when it names a file that does not test the rule', () => {
    const page = '### R1 No jump\n\nTests: [a](../a.test.ts)\n\n### R2 Listings\n\nTests: none.\n';
    expect(wrongProofs(page, new Map([['R2', ['b.test.ts']]]))).toEqual(['R1: a.test.ts', 'R2: none of b.test.ts']);
  });
});

/** The files with a test of each rule. */
function rulesWithTests(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { path, text } of files) {
    const pattern = path.startsWith('test/repo/')
      ? null
      : path.endsWith('.test.ts')
        ? TEST_NAME
        : path.includes('/testkit/')
          ? CASE_NAME
          : null;
    const names = pattern === null ? [] : [...uncommented(text).matchAll(pattern)].map((match) => match[2] ?? '');
    for (const rule of new Set(names.flatMap((name) => name.split(', '))))
      found.set(rule, [...(found.get(rule) ?? []), path]);
  }
  return found;
}

function uncommented(text: string): string {
  return text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
}

function wrongProofs(page: string, tested: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return page.split(/^### (?=R\d+ )/m).flatMap((section) => {
    const rule = /^R\d+/.exec(section)?.[0];
    if (rule === undefined) return [];
    const named = [...section.matchAll(/\]\((\.\.\/[^)]+)\)/g)].map((match) => posix.join('docs', match[1] ?? ''));
    const proofs = tested.get(rule) ?? [];
    const missing = named.length === 0 && proofs.length > 0 ? [`${rule}: none of ${proofs.join(', ')}`] : [];
    return [...missing, ...named.filter((path) => !proofs.includes(path)).map((path) => `${rule}: ${path}`)];
  });
}
