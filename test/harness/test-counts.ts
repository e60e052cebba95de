/** The counts of `npm test`, from the report of vitest's json reporter. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Full names of tests that did not run. */
  readonly notRun: readonly string[];
}

interface TestReport {
  readonly testResults?: readonly FileReport[];
}

interface FileReport {
  readonly status?: string;
  readonly assertionResults?: readonly { readonly status: string; readonly fullName: string }[];
}

/**
 * Counts tests, and each file that failed without a failed test of its own (it did not load, a hook threw) as one
 * failure. A run that ended badly, or that holds no test at all, has at least one failure.
 *
 * @param report the text of the report; null where vitest left none
 * @param exitCode of vitest; null where a signal ended it
 */
export function countTests(report: string | null, exitCode: number | null): TestCounts {
  const files = report === null ? [] : ((JSON.parse(report) as TestReport).testResults ?? []);
  const tests = files.flatMap((file) => file.assertionResults ?? []);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const failedTests = tests.filter((test) => test.status === 'failed').length;
  const failed = failedTests + files.filter(failedAsAWhole).length;
  const notRun = tests.filter((test) => !['passed', 'failed'].includes(test.status)).map((test) => test.fullName);
  const endedWell = exitCode === 0 && passed > 0;
  return { passed, failed: endedWell ? failed : Math.max(failed, 1), notRun };
}

function failedAsAWhole(file: FileReport): boolean {
  return file.status === 'failed' && !(file.assertionResults ?? []).some((test) => test.status === 'failed');
}
