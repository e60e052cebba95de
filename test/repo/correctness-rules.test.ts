import { describe, expect, it } from 'vitest';
import { nameTests, rulesWithTests } from '../../scripts/print-rule-tests.ts';
import { repositoryFiles } from './source-files.ts';

const RULES = Array.from({ length: 39 }, (_, index) => `R${index + 1}`).toSpliced(16, 0, 'R16b');

describe('docs/correctness.md', () => {
  const files = repositoryFiles();
  const tests = rulesWithTests(files);
  const page = files.find(({ path }) => path === 'docs/correctness.md')?.text ?? '';

  it.each(RULES)('%s has a test of its name', (rule) => {
    expect(tests.get(rule) ?? []).not.toEqual([]);
  });

  it('states every rule, in order', () => {
    const stated = [...page.matchAll(/^### (R\d+b?) \S/gm)].map((match) => match[1]);
    expect(stated).toEqual(RULES);
  });

  it('names the tests of each rule (else run `node scripts/print-rule-tests.ts`)', () => {
    expect(page).toBe(nameTests(page, tests));
  });

  it('is not taken in by the name of a rule elsewhere', () => {
    const text =
      "// it('R1 in a comment', f);\nconst a = 'R1 x';\nit('R12 b', f);\nit.each([1])('R13, R14 c', f);\nit('R1x d', f);";
    expect([...rulesWithTests([{ path: 'a.test.ts', text }]).keys()]).toEqual(['R12', 'R13', 'R14']);
    expect([...rulesWithTests([{ path: 'a.ts', text: "it('R1 a', f);" }]).keys()]).toEqual([]);
  });

  it('is corrected where it names a test that is gone, or none', () => {
    const old =
      '### R1 No jump\n\nA mark.\n\nTests: [a](../a.test.ts),\n  [b](../b.test.ts)\n\n### R2 Pages\n\nA page\nturns.\n';
    const corrected = nameTests(old, new Map([['R2', ['x/c.test.ts', 'd.ts']]]));
    expect(corrected).toBe(
      '### R1 No jump\n\nA mark.\n\n### R2 Pages\n\nA page\nturns.\n\nTests: [c](../x/c.test.ts),\n  [d](../d.ts)\n',
    );
  });
});
