// `npm test`: types, lint, then every test. Arguments go to vitest, such as `npm test -- test/repo`.
// The last line is always `N passed, N failed`, and the exit code is 0 only for no failure at all.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOT_RUN_FILE } from '../test/harness/not-run.ts';
import { debianTools, hasCommand } from '../test/harness/servers/debian-tools.ts';
import { slowestFiles } from '../test/harness/slowest-files.ts';
import { countTests } from '../test/harness/test-counts.ts';

const root = join(import.meta.dirname, '..');
const filters = process.argv.slice(2);

const typesFailed = step('Type-check', 'node_modules/typescript/bin/tsc', '-b') === 0 ? 0 : 1;
const bundleFailed = step('Bundle', 'scripts/bundle.ts') === 0 ? 0 : 1;
const lintFailed =
  step('Lint and format', 'node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.') === 0 ? 0 : 1;
const tests = runTests();
const failed = typesFailed + bundleFailed + lintFailed + tests.failed + tellWhatDidNotRun(tests);
console.log(`${tests.passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-test-'));
  try {
    const report = join(folder, 'report.json');
    const missing = join(folder, 'not-run.txt');
    process.env[NOT_RUN_FILE] = missing;
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const exitCode = step('Tests', 'node_modules/vitest/vitest.mjs', 'run', ...reporters, ...filters);
    const results = existsSync(report) ? readFileSync(report, 'utf8') : null;
    if (filters.length === 0) console.log(['-- Slowest files:', ...slowestFiles(results, root)].join('\n'));
    const counts = countTests(results, exitCode);
    return { ...counts, missing: existsSync(missing) ? readFileSync(missing, 'utf8').trim().split('\n') : [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Names each test that did not run, and the command that brings what it needs. Where that is possible, and in CI, it
 * counts as a failure, so that no check is skipped in silence. A filter leaves tests out on purpose; servers that could
 * not be had (`missing`) do not count, and are always named.
 */
function tellWhatDidNotRun({ notRun, missing }: ReturnType<typeof runTests>): number {
  for (const what of missing) console.log(`NOT RUN: ${what}`);
  if (filters.length > 0) return 0;
  for (const name of notRun) console.log(`NOT RUN: ${name}`);
  for (const tool of debianTools.filter(({ command }) => !hasCommand(command)))
    console.log(`NOT RUN: ${tool.checks}, get it by: apt-get install ${tool.package}`);
  return hasCommand('apt-get') || process.env.CI !== undefined ? notRun.length : 0;
}

/** Runs a program of the repository, by its path from the top, with a line before and after it; returns its exit code, null for a signal. */
function step(title: string, program: string, ...args: readonly string[]): number | null {
  console.log(`-- ${title} ...`);
  const started = performance.now();
  const { status, error } = spawnSync(process.execPath, [join(root, program), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (error) console.log(`   ${error.message}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`-- ${title}: ${status === 0 ? 'ok' : 'FAILED'} in ${seconds} s`);
  return status;
}
