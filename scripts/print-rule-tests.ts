// `node scripts/print-rule-tests.ts` names the tests of each rule in docs/correctness.md; `npm test` compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { repositoryFiles, repositoryRoot, type SourceFile } from '../test/repo/source-files.ts';

const TEST_NAME = /\b(?:it|test|describe)(?:\.each\([\s\S]{0,2000}?\)|\.[a-z]+)?\(\s*['"`](R\d+(?:, R\d+)*) /g;
/** The conformance cases of stores: named values that a test runs. */
const CASE_NAME = /\bname: ['"`](R\d+(?:, R\d+)*) /g;
const TESTS_LINE = /\n\nTests: .*(?:\n {2}.*)*/g;

/** The files with a test of each rule, by name. What tests the repository itself has rules in its own examples. */
export function rulesWithTests(files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { path, text } of files.filter((file) => !file.path.startsWith('test/repo/'))) {
    const pattern = path.endsWith('.test.ts') ? TEST_NAME : path.includes('/testkit/') ? CASE_NAME : null;
    const names = pattern === null ? [] : [...withoutComments(text).matchAll(pattern)].map((match) => match[1] ?? '');
    for (const rule of new Set(names.flatMap((name) => name.split(', ')))) {
      found.set(rule, [...(found.get(rule) ?? []), path].sort());
    }
  }
  return found;
}

/** The page with a line below each rule that names its tests. */
export function nameTests(page: string, tests: ReadonlyMap<string, readonly string[]>): string {
  return page.replace(TESTS_LINE, '').replace(/^### (R\d+) .*\n\n(?:(?!#).+\n)+/gm, (section, rule: string) => {
    const paths = tests.get(rule);
    return paths === undefined ? section : `${section}\nTests: ${paths.map(link).join(',\n  ')}\n`;
  });
}

function link(path: string): string {
  return `[${posix.basename(path).replace(/(?:\.test)?\.ts$/, '')}](../${path})`;
}

function withoutComments(text: string): string {
  return text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
}

if (import.meta.main) {
  const page = join(repositoryRoot, 'docs', 'correctness.md');
  writeFileSync(page, nameTests(readFileSync(page, 'utf8'), rulesWithTests(repositoryFiles())));
  console.log(`Wrote ${page}.`);
}
