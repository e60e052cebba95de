import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { failedCases } from '../failed-cases.js';
import { type Breakage, memorySubject } from '../memory-subject.js';
import { oneCommitCases } from './one-commit.js';

const breakages: Readonly<Record<string, Breakage>> = {
  'progress is never seen ahead of its rows': (good) => ({
    write: async (batch, claim, options) => {
      const { progress, ...rows } = batch;
      const first = { contacts: [], inboundCalls: [], deadLetters: [], settled: [], ...(progress && { progress }) };
      await good.write(first, claim, options);
      await nextTurn();
      return good.write(rows, claim, options);
    },
  }),
  'a dead letter commits with its batch, and with the tree that carries it': (good) => ({
    write: (batch, claim, options) => {
      const contacts = batch.contacts.map((tree) => ({ ...tree, deadLetters: [] }));
      return good.write({ ...batch, contacts }, claim, options);
    },
  }),
};

it('has a bad sink for each case', () => {
  expect(Object.keys(breakages)).toEqual(oneCommitCases.map(({ name }) => name));
});

it.each(Object.entries(breakages))('a sink fails only: %s', async (name, breakage) => {
  expect(await failedCases(memorySubject(breakage))).toEqual([name]);
});
