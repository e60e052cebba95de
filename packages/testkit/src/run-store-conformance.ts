import { abortCases } from './cases/aborts.js';
import { brokenConnectionCases } from './cases/broken-connections.js';
import { bulkLoadingCases } from './cases/bulk-loading.js';
import { damageCases } from './cases/damage.js';
import { deadLetterCases } from './cases/dead-letters.js';
import { deletionMarkCases } from './cases/deletion-marks.js';
import { erasureCases } from './cases/erasure.js';
import { explainingCases } from './cases/explaining.js';
import { fieldCases } from './cases/fields.js';
import { fillingCases } from './cases/filling.js';
import { hostileValueCases } from './cases/hostile-values.js';
import { indexingCases } from './cases/indexing.js';
import { killedProcessCases } from './cases/killed-processes.js';
import { leaseCases } from './cases/lease.js';
import { lifecycleCases } from './cases/lifecycle.js';
import { lookingCases } from './cases/looking.js';
import { mailboxCases } from './cases/mailbox.js';
import { mirroringCases } from './cases/mirroring.js';
import { oneCommitCases } from './cases/one-commit.js';
import { planningCases } from './cases/planning.js';
import { reportingCases } from './cases/reporting.js';
import { restoredTargetCases } from './cases/restored-targets.js';
import { rowIdCases } from './cases/row-ids.js';
import { rowCases } from './cases/rows.js';
import { summarisingCases } from './cases/summarising.js';
import { verifyingCases } from './cases/verifying.js';
import { versionCases } from './cases/versions.js';
import { viewingCases } from './cases/viewing.js';
import { type ConformanceReport, runCases } from './run-cases.js';
import type { StoreCase } from './store-case.js';
import type { StoreSubject } from './store-subject.js';

/** All promises of the store contract. In any test runner: `for (const c of storeCases) it(c.name, () => c.run(subject))`. */
export const storeCases: readonly StoreCase[] = [
  ...rowCases,
  ...rowIdCases,
  ...hostileValueCases,
  ...fieldCases,
  ...fillingCases,
  ...versionCases,
  ...damageCases,
  ...oneCommitCases,
  ...bulkLoadingCases,
  ...indexingCases,
  ...abortCases,
  ...deadLetterCases,
  ...mailboxCases,
  ...lookingCases,
  ...erasureCases,
  ...mirroringCases,
  ...deletionMarkCases,
  ...verifyingCases,
  ...reportingCases,
  ...explainingCases,
  ...planningCases,
  ...viewingCases,
  ...summarisingCases,
  ...leaseCases,
  ...restoredTargetCases,
  ...lifecycleCases,
  ...brokenConnectionCases,
  ...killedProcessCases,
];

/**
 * Runs the cases one after the other, for authors without a test runner.
 *
 * @returns the report, if at least one case was run and none failed
 * @throws {@link ConformanceError} otherwise
 */
export function runStoreConformance(
  subject: StoreSubject,
  cases: readonly StoreCase[] = storeCases,
): Promise<ConformanceReport> {
  return runCases(subject, cases);
}
