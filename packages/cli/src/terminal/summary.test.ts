import type { RunTotals } from '@dbsync/core';
import { NO_TOTALS } from '@dbsync/core/cli-kit';
import { expect, it } from 'vitest';
import { summaryLines } from './summary.js';

const line = (totals: Partial<RunTotals>) =>
  summaryLines({ mode: 'db_init', tookMs: 1_000, totals: { ...NO_TOTALS, ...totals } })[1]?.trim();

it.each<[string, Partial<RunTotals>, string]>([
  ['a first copy', { contactsListed: 2_000, contactsWritten: 2_000 }, '2,000, all complete (all copied by this run)'],
  ['a second one', { contactsListed: 2_000 }, '2,000, all complete (0 copied by this run)'],
  ['one after changes', { contactsListed: 2_000, contactsWritten: 3 }, '2,000, all complete (3 copied by this run)'],
  [
    'one with dead letters',
    { contactsListed: 2_000, contactsWritten: 3, deadLetters: 1 },
    '2,000, not all complete (3 copied by this run)',
  ],
  ['one that was stopped while it listed', { contactsWritten: 3 }, '3'],
])('says of %s how many contacts there are, and whether all are complete', (_, totals, expected) => {
  expect(line(totals)).toBe(`contacts        ${expected}`);
});
