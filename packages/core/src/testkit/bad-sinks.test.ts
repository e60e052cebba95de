import { expect, it } from 'vitest';
import { badWithCommits } from './bad-sinks/commits.js';
import { badWithDamage } from './bad-sinks/damage.js';
import { badWithErasure } from './bad-sinks/erasure.js';
import { badWithLeases } from './bad-sinks/leases.js';
import { badWithMirroring } from './bad-sinks/mirroring.js';
import { badWithRows } from './bad-sinks/rows.js';
import { badWithValues } from './bad-sinks/values.js';
import { badWithVersions } from './bad-sinks/versions.js';
import { memorySubject } from './memory-subject.js';
import { failedCases } from './run-cases.js';
import { storeCases } from './run-store-conformance.js';

const badSinks = {
  ...badWithRows,
  ...badWithValues,
  ...badWithVersions,
  ...badWithDamage,
  ...badWithCommits,
  ...badWithLeases,
  ...badWithErasure,
  ...badWithMirroring,
};
const cases = storeCases.filter(({ needs }) => needs !== 'process' && needs !== 'network');

it('has a bad sink for each case', () => {
  expect(Object.keys(badSinks).sort()).toEqual(cases.map(({ name }) => name).sort());
});

it.each(Object.entries(badSinks))('a sink fails only: %s', async (name, breakage) => {
  // A case of damage, or of an obstacle, copies and compares much, so it leans on other promises.
  const own = cases.find((each) => each.name === name)?.needs;
  const alike = cases.filter(({ needs }) => (needs !== 'damage' && needs !== 'obstacle') || needs === own);
  expect(await failedCases(memorySubject(breakage), alike)).toEqual([name]);
});
