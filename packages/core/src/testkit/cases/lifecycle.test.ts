import { expect, it } from 'vitest';
import { failedCases } from '../failed-cases.js';
import { type Breakage, memorySubject } from '../memory-subject.js';
import { lifecycleCases } from './lifecycle.js';

const breakages: Readonly<Record<string, Breakage>> = {
  'a second close does nothing, and another sink on the target works on': (good) => {
    let closed = false;
    return {
      close: async () => {
        if (closed) throw new Error('Called end on pool more than once.');
        closed = true;
        await good.close();
      },
    };
  },
};

it('has a bad sink for each case', () => {
  expect(Object.keys(breakages)).toEqual(lifecycleCases.map(({ name }) => name));
});

it.each(Object.entries(breakages))('a sink fails only: %s', async (name, breakage) => {
  expect(await failedCases(memorySubject(breakage))).toEqual([name]);
});
