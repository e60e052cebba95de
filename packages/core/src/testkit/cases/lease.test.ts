import { expect, it } from 'vitest';
import { isSinkError } from '../../contract/index.js';
import { failedCases } from '../failed-cases.js';
import { type Breakage, memorySubject } from '../memory-subject.js';
import { streamOf } from '../memory-target.js';
import { leaseCases } from './lease.js';

const breakages: Readonly<Record<string, Breakage>> = {
  'nothing commits under an epoch that is not the newest': (good, target) => ({
    write: async (batch, claim, options) => {
      try {
        return await good.write(batch, claim, options);
      } catch (error) {
        if (isSinkError(error) && error.verdict === 'fenced' && batch.progress) {
          streamOf(target, claim.stream).progress = batch.progress;
        }
        throw error;
      }
    },
  }),
};

it('has a bad sink for each case', () => {
  expect(Object.keys(breakages)).toEqual(leaseCases.map(({ name }) => name));
});

it.each(Object.entries(breakages))('a sink fails only: %s', async (name, breakage) => {
  expect(await failedCases(memorySubject(breakage))).toEqual([name]);
});
