// `node scripts/print-rule-tests.ts` names the tests of each rule in docs/correctness.md; `npm test` compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { repositoryFiles, repositoryRoot, type SourceFile } from '../test/repo/source-files.ts';

/** A test whose name begins with rules, behind the name of an engine in some. */
const TEST_NAME =
  /\b(?:it|test|describe)(?:\.each\([\s\S]{0,2000}?\)|\.[a-z]+)?\(\s*['"`](?:\$\{\w+\}: )?(R\d+b?(?:, R\d+b?)*) /g;
/** A conformance case: a named value that a test runs. */
const CASE_NAME = /\b(?:name: |[a-z]+Case\(\s*)['"`](R\d+b?(?:, R\d+b?)*) /g;
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

/** The page with a line at the end of each rule that names its tests. */
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
