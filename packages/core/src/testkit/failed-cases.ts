import { ConformanceError, runStoreConformance } from './run-store-conformance.js';
import type { StoreCase } from './store-case.js';
import type { StoreSubject } from './store-subject.js';

/** The names of the cases that this subject fails; those that it cannot be asked about are left out. */
export async function failedCases(subject: StoreSubject, cases: readonly StoreCase[]): Promise<readonly string[]> {
  try {
    await runStoreConformance(subject, cases);
    return [];
  } catch (error) {
    if (error instanceof ConformanceError) return error.report.failed.map(({ name }) => name);
    throw error;
  }
}
