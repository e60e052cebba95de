import { fileURLToPath } from 'node:url';
import { loadTestedStore, type TestedStore } from '@dbsync/core/cli-kit';
import { CliError } from '../../cli-error.js';
import type { Ending } from '../../exit-code.js';
import { checkedValues } from '../../options/checked-values.js';
import { pluginFolders } from '../../options/plugin-folders.js';
import { targetOptions } from '../../options/target-options.js';
import { createOutput, type Output } from '../../terminal/output.js';
import { printReport } from '../../terminal/print-report.js';
import { wrapText } from '../../terminal/wrap-text.js';
import type { CommandContext } from '../command-context.js';
import { unlessStopped } from '../stop-signals.js';
import { leftLine, usedTarget } from './left-things.js';
import { loadStoreCases } from './load-testkit.js';
import { type CaseResult, runCases } from './run-cases.js';
import { storeSubject } from './store-subject.js';

/** A case ends by itself after 90 s. */
const DRAIN_LIMIT_MS = 100_000;
const COLUMNS = 80;
const LOOK_LIMIT_MS = 10_000;

/** Runs `plugins test`: the conformance suite with the sink of a URL, on an empty target. */
export async function testSink(context: CommandContext): Promise<Ending> {
  const { values, guard, codes } = context;
  const checked = checkedValues(values);
  checked.require(['url']);
  const { url, pluginDir, shared, ofSinks } = targetOptions(values);
  const tested = await loadTestedStore({
    url,
    ...pluginFolders(pluginDir),
    shared,
    schemeOptions: ofSinks,
    notify: () => {},
  });
  const cases = await loadStoreCases(pluginDir, fileURLToPath(tested.entry));
  guard.protect(tested.secrets);
  Object.assign(codes, tested.errorCodes);
  const stderr = createOutput(process.stderr, guard.redact);
  return unlessStopped(DRAIN_LIMIT_MS, async (signal) => {
    try {
      await refuseUsed(tested, signal);
      const onResult = (done: number, { name }: CaseResult) => stderr.draw(`${done} of ${cases.length}: ${name}`);
      const running = runCases(cases, storeSubject(tested), { signal, onResult });
      const results = await running.finally(() => reportLeft(tested, stderr));
      await stderr.flush();
      printReport(context, reportOf(tested, results), { lines: linesOf });
      refuseBroken(results);
      return { kind: 'done' };
    } finally {
      await tested.targets.close();
    }
  });
}

async function refuseUsed({ targets, target }: TestedStore, signal: AbortSignal): Promise<void> {
  const found = await targets.contents({ signal });
  if (found.length > 0) throw usedTarget(target, found);
}

/** Prints what is in the target after the test, whatever ended it. */
async function reportLeft({ targets, target }: TestedStore, stderr: Output): Promise<void> {
  try {
    const line = leftLine(target, await targets.contents({ signal: AbortSignal.timeout(LOOK_LIMIT_MS) }));
    if (line !== null) stderr.line(line);
  } catch (error) {
    stderr.line(
      `dbsync could not check whether the test left things in ${target}: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function refuseBroken(results: readonly CaseResult[]): void {
  const count = (wanted: CaseResult['result']) => results.filter(({ result }) => result === wanted).length;
  if (count('failed') > 0) throw new CliError('CLI_CONFORMANCE_FAILED', `${count('failed')} cases failed.`);
  if (count('passed') === 0) throw new CliError('CLI_CONFORMANCE_FAILED', 'No case could be run.');
}

/** The report as the documented object. */
function reportOf({ packageName, version, target }: TestedStore, results: readonly CaseResult[]) {
  const passed = results.filter(({ result }) => result === 'passed').map(({ name }) => name);
  const reasons = (wanted: 'failed' | 'not-run') =>
    results.flatMap((each) => (each.result === wanted ? [{ name: each.name, reason: each.reason }] : []));
  const [failed, notRun] = [reasons('failed'), reasons('not-run')];
  return { type: 'plugin-test', package: packageName, version, target, passed, failed, notRun };
}

function linesOf({ package: name, version, target, ...results }: ReturnType<typeof reportOf>): readonly string[] {
  const { passed, failed, notRun } = results;
  const needs = [...new Set(notRun.map(({ reason }) => reason.replace('needs ', '')))].join(', ');
  const summary = `${name} ${version} on ${target}: ${passed.length} passed, ${failed.length} failed, ${notRun.length} not run.`;
  return [
    ...failed.flatMap(({ name, reason }) => [
      ...wrapText(`failed: ${name}`, COLUMNS),
      ...wrapText(reason, COLUMNS, '  '),
    ]),
    ...wrapText(summary, COLUMNS),
    ...(notRun.length === 0
      ? []
      : wrapText(`The others need features that only the targets of the test suite have: ${needs}.`, COLUMNS)),
  ];
}
