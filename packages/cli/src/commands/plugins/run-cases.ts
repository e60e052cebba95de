/** A case of the conformance suite, as `@dbsync/testkit` exports it. */
export interface TestCase {
  readonly name: string;
  readonly needs?: string;
  run(subject: unknown): Promise<void>;
}

/** The result of one case. */
export type CaseResult =
  | { readonly result: 'passed'; readonly name: string }
  | { readonly result: 'failed'; readonly name: string; readonly reason: string }
  | { readonly result: 'not-run'; readonly name: string; readonly reason: string };

/** Runs the cases one after the other, and ends between two of them when the signal aborts. */
export async function runCases(
  cases: readonly TestCase[],
  subject: unknown,
  { signal, onResult }: { readonly signal: AbortSignal; readonly onResult: (done: number, last: CaseResult) => void },
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const testCase of cases) {
    signal.throwIfAborted();
    const result = await resultOf(testCase, subject);
    results.push(result);
    onResult(results.length, result);
  }
  return results;
}

async function resultOf({ name, run }: TestCase, subject: unknown): Promise<CaseResult> {
  try {
    await run(subject);
    return { result: 'passed', name };
  } catch (error) {
    // The testkit may be of another copy, so its class is not the one of a type.
    if (error instanceof Error && error.name === 'NeedNotMet' && 'need' in error) {
      return { result: 'not-run', name, reason: `needs ${error.need}` };
    }
    return { result: 'failed', name, reason: error instanceof Error ? error.message : String(error) };
  }
}
