import { type ConformanceCase, type Need, NeedNotMet } from './conformance-case.js';

/** The result of every case. */
export interface ConformanceReport {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
  /** Cases that need more than the subject's targets offer. */
  readonly notRun: readonly { readonly name: string; readonly needs: Need }[];
}

/** The error for a run in which cases failed, or none was run. */
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
 * Runs the cases one after the other.
 *
 * @returns the report, if at least one case was run and none failed
 * @throws {@link ConformanceError} otherwise
 */
export async function runCases<Subject>(
  subject: Subject,
  cases: readonly ConformanceCase<Subject>[],
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
