import { DAILY_MS } from '../discover/cadence.js';
import { deadLetterKey } from '../records/new-dead-letter.js';
import { type CallsLook, compareCalls, type DifferingCall, stretchOf } from './compare-calls.js';
import { pickFromDeadLetters, type VerifyDesk } from './verify-desk.js';

/** The calls that differ on a second look too. */
export interface ConfirmedCalls {
  readonly differingCalls: readonly DifferingCall[];
  /** Calls that the process which holds the stream has yet to read, or reads again every 15 minutes: those of the last day. */
  readonly dueCalls: readonly DifferingCall[];
  /** Calls that differ, and whose dead letter gives the reason. */
  readonly refusedCalls: readonly DifferingCall[];
}

/** Looks again at inbound calls that differed. A difference counts where the row still holds what it held then. */
export async function confirmCalls(desk: VerifyDesk, first: CallsLook): Promise<ConfirmedCalls> {
  const { differing } = first;
  if (differing.length === 0) return { differingCalls: [], dueCalls: [], refusedCalls: [] };
  const second = await lookAgain(desk, first);
  const before = new Set(differing.map(keyOf));
  const confirmed = second.filter((call) => before.has(keyOf(call)));
  const refused = await withDeadLetters(desk, confirmed);
  const others = confirmed.filter(({ id }) => !refused.has(id));
  const dueFromMs = await startOfDue(desk);
  const isDue = ({ calledMs }: DifferingCall) => dueFromMs !== null && calledMs !== null && calledMs > dueFromMs;
  return {
    differingCalls: others.filter((call) => !isDue(call)),
    dueCalls: others.filter(isDue),
    refusedCalls: confirmed.filter(({ id }) => refused.has(id)),
  };
}

/**
 * Compares again in the stretch of time of these calls. Where the API lists one of them no more in that stretch, its
 * time may have changed: the stretch of the first look is read again.
 */
async function lookAgain(desk: VerifyDesk, { differing, stretch }: CallsLook): Promise<readonly DifferingCall[]> {
  const unseen = new Set(differing.map(({ id }) => id));
  const onCompared = (_calls: number, ids: readonly string[]) => {
    for (const id of ids) unseen.delete(id);
  };
  const found = (await compareCalls(desk, stretchOf(differing), onCompared)).differing;
  if (unseen.size === 0) return found;
  const again = (await compareCalls(desk, stretch)).differing;
  return [...found, ...again.filter(({ id }) => unseen.has(id))];
}

/** Returns the time from which on the holder of the stream reads calls by itself; null where no process holds it. */
async function startOfDue({ settings, context, api }: VerifyDesk): Promise<number | null> {
  const { heldBy = null, progress } = await settings.sink.store.readState(settings.campaign, context);
  if (heldBy === null) return null;
  const readUntil = progress?.inboundUntil ?? null;
  return Math.min(api.now() - DAILY_MS, readUntil === null ? Number.NEGATIVE_INFINITY : Date.parse(readUntil));
}

/** Returns the ids of those calls that were refused. */
async function withDeadLetters(desk: VerifyDesk, calls: readonly DifferingCall[]): Promise<ReadonlySet<string>> {
  if (calls.length === 0) return new Set();
  const { campaign } = desk.settings;
  const ids = new Map(calls.map(({ id }) => [deadLetterKey(campaign, 'inbound-call', id), id]));
  return pickFromDeadLetters(desk, ({ key }) => ids.get(key) ?? null);
}

function keyOf({ id, cells }: DifferingCall): string {
  return JSON.stringify([id, cells.map(({ name, field, stored }) => [name, field, stored])]);
}
