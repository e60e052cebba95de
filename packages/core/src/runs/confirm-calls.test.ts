import { expect, it } from 'vitest';
import type { DeadLetter, Fields } from '../contract/index.js';
import { deadLetterKey } from '../records/new-dead-letter.js';
import { compareCalls } from './compare-calls.js';
import { confirmCalls } from './confirm-calls.js';
import type { VerifyDesk } from './verify-desk.js';

const NOW = Date.UTC(2026, 4, 10, 12);
const HOUR_MS = 3_600_000;
const HOLDER = { host: 'h', process: 1, plan: '' };

interface Copy {
  readonly heldBy?: unknown;
  readonly inboundUntil?: string;
  readonly deadLetters?: readonly Partial<DeadLetter>[];
}

/** A campaign whose calls have no rows. The API lists them by their times at each reading. */
function deskOf(readings: readonly (readonly Fields[])[], { heldBy = null, inboundUntil, deadLetters = [] }: Copy) {
  let reading = 0;
  const store = {
    limits: { batchContacts: 100 },
    readState: async () => ({ progress: { inboundUntil: inboundUntil ?? null }, heldBy }),
    listDeadLetters: async () => deadLetters,
  };
  const api = {
    now: () => NOW,
    async *inboundPages({ from, to }: { readonly from: string | null; readonly to: string | null }) {
      const calls = readings[Math.min(reading, readings.length - 1)] ?? [];
      reading += 1;
      const isWithin = (time: string) => (from === null || time >= from) && (to === null || time <= to);
      yield calls.filter(({ call_time }) => isWithin(`${String(call_time).slice(0, 19)}.000Z`));
    },
  };
  const verifying = {
    compareRows: async (_stream: string, { inboundCalls }: { readonly inboundCalls: readonly { id: string }[] }) =>
      inboundCalls.map(({ id }) => ({ kind: 'inbound_calls', id, contactId: null, version: null, cells: [] })),
  };
  const settings = { campaign: 'C', sink: { store } };
  const records = { stream: 'C', now: () => '' };
  return { settings, context: { signal: undefined }, api, verifying, records } as unknown as VerifyDesk;
}

function callAt(id: string, ms: number): Fields {
  return { id, call_time: new Date(ms).toISOString() };
}

async function confirmed(desk: VerifyDesk) {
  const { differingCalls, dueCalls, refusedCalls } = await confirmCalls(
    desk,
    await compareCalls(desk, { fromMs: null }),
  );
  const idsOf = (calls: readonly { readonly id: string }[]) => calls.map(({ id }) => id);
  return { differing: idsOf(differingCalls), due: idsOf(dueCalls), refused: idsOf(refusedCalls) };
}

it('R16b a call after the time that the holder has read to is due, also where the holder is days behind', async () => {
  const calls = [callAt('read', NOW - 80 * HOUR_MS), callAt('unread', NOW - 50 * HOUR_MS), callAt('new', NOW)];
  const inboundUntil = new Date(NOW - 70 * HOUR_MS).toISOString();
  expect(await confirmed(deskOf([calls], { heldBy: HOLDER, inboundUntil }))).toEqual({
    differing: ['read'],
    due: ['unread', 'new'],
    refused: [],
  });
  expect((await confirmed(deskOf([calls], { inboundUntil }))).differing).toEqual(['read', 'unread', 'new']);
});

it('R22 a call that has a dead letter is no difference', async () => {
  const deadLetters = [{ key: deadLetterKey('C', 'inbound-call', 'refused') }];
  const calls = [callAt('refused', NOW - 80 * HOUR_MS), callAt('lost', NOW - 80 * HOUR_MS)];
  expect(await confirmed(deskOf([calls], { deadLetters }))).toEqual({
    differing: ['lost'],
    due: [],
    refused: ['refused'],
  });
});

it('R16b a call whose time changed between the two looks still counts', async () => {
  const first = [callAt('moved', NOW - 80 * HOUR_MS)];
  const later = [callAt('moved', NOW - 200 * HOUR_MS)];
  expect((await confirmed(deskOf([first, later], {}))).differing).toEqual(['moved']);
});
