import { expect, it } from 'vitest';
import type { Batch, ContactTree } from '../../contract/index.js';
import { failedCases } from '../failed-cases.js';
import { type Breakage, memorySubject } from '../memory-subject.js';
import { rowCases } from './rows.js';

const breakages: Readonly<Record<string, Breakage>> = {
  'a contact and all that hangs below it come back as they went in': (good) => ({
    write: (batch, claim, options) => good.write(withoutRecordings(batch), claim, options),
  }),
  'what is written twice is there once, and the second time nothing is written': (good) => ({
    write: async (batch, claim, options) => {
      const result = await good.write(batch, claim, options);
      return { ...result, updated: result.updated + result.unchanged, unchanged: 0 };
    },
  }),
};

it('has a bad sink for each case', () => {
  expect(Object.keys(breakages)).toEqual(rowCases.map(({ name }) => name));
});

it.each(Object.entries(breakages))('a sink fails only: %s', async (name, breakage) => {
  expect(await failedCases(memorySubject(breakage))).toEqual([name]);
});

function withoutRecordings(batch: Batch): Batch {
  return { ...batch, contacts: batch.contacts.map(withoutRecordingsOf) };
}

function withoutRecordingsOf(tree: ContactTree): ContactTree {
  const transactions = tree.transactions.map((transaction) => ({
    ...transaction,
    connections: transaction.connections.map((connection) => ({ ...connection, recordings: [] })),
  }));
  return { ...tree, transactions };
}
