import type { ConformanceCase } from '../../packages/testkit/src/conformance-case.ts';
import { ConformanceError, runCases } from '../../packages/testkit/src/run-cases.ts';

/** Returns the names of the cases that this subject fails; cases that it cannot serve are left out. */
export async function failedCases<Subject>(
  subject: Subject,
  cases: readonly ConformanceCase<Subject>[],
): Promise<readonly string[]> {
  try {
    await runCases(subject, cases);
    return [];
  } catch (error) {
    if (error instanceof ConformanceError) return error.report.failed.map(({ name }) => name);
    throw error;
  }
}
