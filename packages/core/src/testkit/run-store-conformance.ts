import { abortCases } from './cases/aborts.js';
import { brokenConnectionCases } from './cases/broken-connections.js';
import { deadLetterCases } from './cases/dead-letters.js';
import { fieldCases } from './cases/fields.js';
import { hostileValueCases } from './cases/hostile-values.js';
import { killedProcessCases } from './cases/killed-processes.js';
import { leaseCases } from './cases/lease.js';
import { lifecycleCases } from './cases/lifecycle.js';
import { mailboxCases } from './cases/mailbox.js';
import { oneCommitCases } from './cases/one-commit.js';
import { rowIdCases } from './cases/row-ids.js';
import { rowCases } from './cases/rows.js';
import { versionCases } from './cases/versions.js';
import { NeedNotMet, type StoreCase } from './store-case.js';
import type { Need, StoreSubject } from './store-subject.js';

/** All promises of the store contract. In any test runner: `for (const c of storeCases) it(c.name, () => c.run(subject))`. */
export const storeCases: readonly StoreCase[] = [
  ...rowCases,
  ...rowIdCases,
  ...hostileValueCases,
  ...fieldCases,
  ...versionCases,
  ...oneCommitCases,
  ...abortCases,
  ...deadLetterCases,
  ...mailboxCases,
  ...leaseCases,
  ...lifecycleCases,
  ...brokenConnectionCases,
  ...killedProcessCases,
];

/** How every case ended. */
export interface ConformanceReport {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
  /** Cases that the subject's targets offer too little for. */
  readonly notRun: readonly { readonly name: string; readonly needs: Need }[];
}

/** Some cases failed, or none was run. */
export class ConformanceError extends AggregateError {
  readonly report: ConformanceReport;

  constructor(report: ConformanceReport) {
    const { passed, failed } = report;
    const lines = failed.map(({ name, error }) => `  ${name}: ${error instanceof Error ? error.message : error}`);
    const head = failed.length + passed.length === 0 ? 'No case was run.' : `${failed.length} cases failed:`;
    super(
      failed.map(({ error }) => error),
      [head, ...lines].join('\n'),
    );
    this.name = 'ConformanceError';
    this.report = report;
  }
}

/**
 * Runs the cases one after the other, for whoever has no test runner.
 *
 * @returns the report, if at least one case was run and none failed
 * @throws {@link ConformanceError} otherwise
 */
export async function runStoreConformance(
  subject: StoreSubject,
  cases: readonly StoreCase[] = storeCases,
): Promise<ConformanceReport> {
  const passed: string[] = [];
  const failed: { name: string; error: unknown }[] = [];
  const notRun: { name: string; needs: Need }[] = [];
  for (const { name, run } of cases) {
    try {
      await run(subject);
      passed.push(name);
    } catch (error) {
      if (error instanceof NeedNotMet) notRun.push({ name, needs: error.need });
      else failed.push({ name, error });
    }
  }
  const report = { passed, failed, notRun };
  if (passed.length === 0 || failed.length > 0) throw new ConformanceError(report);
  return report;
}
