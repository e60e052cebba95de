import { DAILY_MS } from '../discover/cadence.js';
import { type CallsLook, compareCalls, type DifferingCall, stretchOf } from './compare-calls.js';
import type { VerifyDesk } from './verify-desk.js';

/** The calls that differ on a second look too. */
export interface ConfirmedCalls {
  readonly differingCalls: readonly DifferingCall[];
  /** Calls of the last day, where a process holds the stream: it reads them again every 15 minutes. */
  readonly dueCalls: readonly DifferingCall[];
}

/** Looks again at inbound calls that differed. A difference counts where the row still holds what it held then. */
export async function confirmCalls(desk: VerifyDesk, { differing }: CallsLook): Promise<ConfirmedCalls> {
  if (differing.length === 0) return { differingCalls: [], dueCalls: [] };
  const second = (await compareCalls(desk, stretchOf(differing))).differing;
  const before = new Set(differing.map(keyOf));
  const confirmed = second.filter((call) => before.has(keyOf(call)));
  const { settings, context, api } = desk;
  const { heldBy = null } = await settings.sink.store.readState(settings.campaign, context);
  const isDue = ({ calledMs }: DifferingCall) =>
    heldBy !== null && calledMs !== null && calledMs > api.now() - DAILY_MS;
  return { differingCalls: confirmed.filter((call) => !isDue(call)), dueCalls: confirmed.filter(isDue) };
}

function keyOf({ id, cells }: DifferingCall): string {
  return JSON.stringify([id, cells.map(({ name, field, stored }) => [name, field, stored])]);
}
