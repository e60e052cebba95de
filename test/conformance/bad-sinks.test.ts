import { expect, it } from 'vitest';
import { storeCases } from '../../packages/testkit/src/run-store-conformance.ts';
import { badWithBulkLoading } from './bad-sinks/bulk-loading.ts';
import { badWithCommits } from './bad-sinks/commits.ts';
import { badWithDamage } from './bad-sinks/damage.ts';
import { badWithDeletionMarks } from './bad-sinks/deletion-marks.ts';
import { badWithErasure } from './bad-sinks/erasure.ts';
import { badWithExplaining } from './bad-sinks/explaining.ts';
import { badWithFilling } from './bad-sinks/filling.ts';
import { badWithIndexing } from './bad-sinks/indexing.ts';
import { badWithLeases } from './bad-sinks/leases.ts';
import { badWithLooking } from './bad-sinks/looking.ts';
import { badWithMirroring } from './bad-sinks/mirroring.ts';
import { badWithPlanning } from './bad-sinks/planning.ts';
import { badWithReporting } from './bad-sinks/reporting.ts';
import { badWithRows } from './bad-sinks/rows.ts';
import { badWithSummarising } from './bad-sinks/summarising.ts';
import { badWithValues } from './bad-sinks/values.ts';
import { badWithVerifying } from './bad-sinks/verifying.ts';
import { badWithVersions } from './bad-sinks/versions.ts';
import { badWithViewing } from './bad-sinks/viewing.ts';
import { failedCases } from './failed-cases.ts';
import { memorySubject } from './memory-subject.ts';

const badSinks = {
  ...badWithRows,
  ...badWithValues,
  ...badWithVersions,
  ...badWithDamage,
  ...badWithCommits,
  ...badWithLeases,
  ...badWithErasure,
  ...badWithMirroring,
  ...badWithDeletionMarks,
  ...badWithLooking,
  ...badWithVerifying,
  ...badWithReporting,
  ...badWithExplaining,
  ...badWithPlanning,
  ...badWithViewing,
  ...badWithSummarising,
  ...badWithBulkLoading,
  ...badWithIndexing,
  ...badWithFilling,
};
const cases = storeCases.filter(({ needs }) => needs !== 'process' && needs !== 'network');

it('has a bad sink for each case', () => {
  expect(Object.keys(badSinks).sort()).toEqual(cases.map(({ name }) => name).sort());
});

it.each(Object.entries(badSinks))('a sink fails only: %s', async (name, breakage) => {
  // A case of damage, or of an obstacle, copies and compares much, so it depends on other promises.
  const own = cases.find((each) => each.name === name)?.needs;
  const alike = cases.filter(({ needs }) => (needs !== 'damage' && needs !== 'obstacle') || needs === own);
  expect(await failedCases(memorySubject(breakage), alike)).toEqual([name]);
});
