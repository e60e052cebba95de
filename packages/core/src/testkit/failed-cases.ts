import { ConformanceError, runStoreConformance } from './run-store-conformance.js';
import type { StoreSubject } from './store-subject.js';

/** The names of the cases that this subject fails. */
export async function failedCases(subject: StoreSubject): Promise<readonly string[]> {
  try {
    await runStoreConformance(subject);
    return [];
  } catch (error) {
    if (error instanceof ConformanceError) return error.report.failed.map(({ name }) => name);
    throw error;
  }
}
