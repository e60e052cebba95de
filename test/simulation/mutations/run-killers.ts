import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Killer, SimulationKiller, TestKiller } from './mutation.ts';
import type { SourceCopy } from './source-copy.ts';

/** `failed` names the promise or the test that was broken; `unclear`: it ended in a way that proves nothing. */
export interface KillerEnd {
  readonly end: 'passed' | 'failed' | 'unclear';
  readonly what: string;
}

const SEED = 3;
const DAYS = 4;

/** Runs each killer in an unchanged copy; all tests together. The results have the order of the killers. */
export function runKillers(copy: SourceCopy, killers: readonly Killer[]): readonly KillerEnd[] {
  const tests = killers.filter((killer) => 'test' in killer);
  const results = tests.length === 0 ? [] : runTests(copy, tests);
  return killers.map((killer) => ('test' in killer ? endOf(killer, results) : simulate(copy, killer)));
}

function simulate(copy: SourceCopy, { kinds, target }: SimulationKiller): KillerEnd {
  const options = { days: DAYS, seed: SEED, jobs: 1, kinds: kinds.join(','), target };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { status, output } = copy.run('test/simulation/simulate.ts', ...args);
  if (status === 0) return { end: 'passed', what: '' };
  const broken = /^seed \d+ \(\w+\), day (\d+), hour [\d.]+: (\w+) broken/m.exec(output);
  if (broken === null) return { end: 'unclear', what: output.trim().slice(-500) };
  return { end: 'failed', what: `${broken[2]}, day ${broken[1]}, of ${kinds.join(' and ')} into ${target}` };
}

interface TestResult {
  readonly file: string;
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

function runTests(copy: SourceCopy, killers: readonly TestKiller[]): readonly TestResult[] | string {
  const report = join(copy.folder, 'killer-report.json');
  rmSync(report, { force: true });
  const { output } = copy.run(
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config=test/simulation/mutations/vitest.config.ts',
    '--reporter=json',
    `--outputFile.json=${report}`,
    `--testNamePattern=${killers.map(({ name }) => escaped(name)).join('|')}`,
    ...new Set(killers.map(({ test }) => test)),
  );
  if (!existsSync(report)) return output.trim().slice(-500);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: readonly { readonly name: string; readonly assertionResults: readonly Omit<TestResult, 'file'>[] }[];
  };
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map((result) => ({ ...result, file: relative(copy.folder, name) })),
  );
}

function endOf({ test, name }: TestKiller, results: readonly TestResult[] | string): KillerEnd {
  if (typeof results === 'string') return { end: 'unclear', what: results };
  const ran = results.filter(
    ({ file, fullName, status }) => file === test && fullName.includes(name) && status !== 'skipped',
  );
  if (ran.length === 0) return { end: 'unclear', what: 'no such test ran' };
  const failed = ran.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return { end: 'passed', what: '' };
  const asserted = failed.find(({ failureMessages }) => failureMessages.some(isOfAnAssertion));
  if (asserted === undefined) return { end: 'unclear', what: failed[0]?.failureMessages[0]?.slice(0, 500) ?? '' };
  return { end: 'failed', what: asserted.fullName };
}

/**
 * True for the failure of an assertion. A property test names its counter-example before the assertion; some assertions
 * throw a plain error.
 */
function isOfAnAssertion(message: string): boolean {
  return /AssertionError|_Assertion\.|Property failed/.test(message);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
