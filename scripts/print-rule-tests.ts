// `node scripts/print-rule-tests.ts` names the tests of each rule in docs/correctness.md; `npm test` compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { repositoryFiles, repositoryRoot, type SourceFile } from '../test/repo/source-files.ts';

/** Matches a test whose name begins with rules, in some after the name of an engine. */
const TEST_NAME =
  /\b(?:it|test|describe)(?:\.each\([\s\S]{0,2000}?\)|\.[a-z]+)?\(\s*['"`](?:\$\{\w+\}: )?(R\d+b?(?:, R\d+b?)*) /g;
/** Matches a conformance case: a named value that a test runs. */
const CASE_NAME = /\b(?:name: |[a-z]+Case\(\s*)['"`](R\d+b?(?:, R\d+b?)*) /g;
const TESTS_LINE = /\n\nTests: .*(?:\n {2}.*)*/g;

/**
 * Returns the files with a test of each rule, by name. Tests of the repository itself are left out: they have rules in
 * their own examples.
 */
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

/** Returns the page with a line at the end of each rule that names its tests. */
export function nameTests(page: string, tests: ReadonlyMap<string, readonly string[]>): string {
  return page.replace(TESTS_LINE, '').replace(/^### (R\d+b?) .*\n(?:(?!#).*\n)*/gm, (section, rule: string) => {
    const paths = tests.get(rule);
    if (paths === undefined) return section;
    const [text, rest] = [section.trimEnd(), section.endsWith('\n\n') ? '\n\n' : '\n'];
    return `${text}\n\nTests: ${paths.map(link).join(',\n  ')}${rest}`;
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
