import { expect, it } from 'vitest';
import { parseProgress } from './progress.js';

const at = '2026-03-02T12:00:00.000Z';
const whole = {
  since: null,
  eventsUntil: at,
  listedFrom: at,
  fullyListedFrom: null,
  inboundUntil: at,
  backfill: { from: at, cursor: null },
  md5Proves: false,
  md5AgreesSince: at,
  plan: 'filter=all',
};

it('reads progress as it was stored', () => {
  expect(parseProgress(JSON.stringify(whole))).toEqual(whole);
});

it('keeps that a copy has not been filled in', () => {
  expect(parseProgress(JSON.stringify({ ...whole, unfilled: true }))).toEqual({ ...whole, unfilled: true });
  expect(parseProgress(JSON.stringify({ ...whole, unfilled: 'yes' }))).toEqual(whole);
});

it('gives fields that an earlier version did not write the value that reads more', () => {
  const { md5AgreesSince, eventsUntil, ...earlier } = whole;
  expect(parseProgress(JSON.stringify(earlier))).toEqual({ ...whole, md5AgreesSince: null, eventsUntil: null });
});

it.each([
  'no JSON',
  '',
  'null',
  '[]',
  '7',
  JSON.stringify({ ...whole, eventsUntil: 'yesterday' }),
  JSON.stringify({ ...whole, eventsUntil: 'foo 1' }),
  JSON.stringify({ ...whole, inboundUntil: '+275760-09-13T00:00:00.000Z' }),
  JSON.stringify({ ...whole, since: '2026' }),
  JSON.stringify({ ...whole, backfill: { from: 'Tue 3 March', cursor: null } }),
  JSON.stringify({ ...whole, listedFrom: 5 }),
  JSON.stringify({ ...whole, md5Proves: 'yes' }),
  JSON.stringify({ ...whole, plan: 3 }),
  JSON.stringify({ ...whole, backfill: { cursor: at } }),
  JSON.stringify({ ...whole, backfill: 'all' }),
])('takes %s for no progress', (text) => {
  expect(parseProgress(text)).toBeNull();
});
