import type { InboundCall, RowDifference } from '../contract/index.js';
import { OVERLAP_MS, PARTLY_READ, toInstant, toInstantOrNull } from '../discover/window.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import { toInboundCall } from '../transform/inbound-call.js';
import { hiddenCells } from './hidden-cells.js';
import { callSlices } from './read-inbound.js';
import type { VerifyDesk } from './verify-desk.js';

/** The result of one look at the inbound calls. */
export interface CallsLook {
  /** The stretch of time that was compared. */
  readonly stretch: CallStretch;
  /** Calls that were compared. */
  readonly calls: number;
  readonly differing: readonly DifferingCall[];
  /** False: more calls differ than are named, and the calls behind them were not compared. */
  readonly isWhole: boolean;
}

/** A call whose row is not there, or holds other values. */
export interface DifferingCall extends RowDifference {
  /** The `call_time` in milliseconds since 1970; null: it cannot be read. */
  readonly calledMs: number | null;
}

/** A stretch of time, in milliseconds since 1970. */
export interface CallStretch {
  /** Null: from the first call on. */
  readonly fromMs: number | null;
  /** Absent: until now. */
  readonly untilMs?: number;
}

export const NO_CALLS: CallsLook = { stretch: { fromMs: null }, calls: 0, differing: [], isWhole: true };

const onUnreadable = async () => {};
/** More calls are not named, so that memory stays flat. */
const MOST_CALLS = 20_000;

/**
 * Compares the inbound calls that the API answers with their rows, cell by cell: calls have no md5. Of a call that the API lists
 * twice, the last entry counts, as in a run.
 * @param onCompared gets the number of calls so far, and the ids of the last ones
 *
 * @throws DbsyncError `VERIFY_LISTING_PARTIAL` where they cannot be read to their end
 */
export async function compareCalls(
  desk: VerifyDesk,
  stretch: CallStretch,
  onCompared: (calls: number, ids: readonly string[]) => void = () => {},
): Promise<CallsLook> {
  const { api, context, comparesCall = () => true } = desk;
  const { fromMs, untilMs = api.now() } = stretch;
  const differing = new Map<string, DifferingCall>();
  let [calls, listed, entries, isWhole] = [0, 0, 0, true];
  for (const slice of callSlices(fromMs, untilMs, () => entries)) {
    isWhole = true;
    const before = listed;
    const onPartial = () => {
      isWhole = false;
    };
    for await (const bodies of api.inboundPages({
      from: toInstantOrNull(slice.fromMs),
      to: toInstant(slice.untilMs),
      signal: context.signal,
      onPartial,
      onUnreadable,
    })) {
      const page = lastOfEach(bodies.flatMap((body) => callOf(desk, body))).filter(comparesCall);
      listed += bodies.length;
      for (const { id } of page) differing.delete(id);
      for (const found of await differencesOf(desk, page)) differing.set(found.id, found);
      calls += page.length;
      onCompared(
        calls,
        page.map(({ id }) => id),
      );
      if (differing.size > MOST_CALLS) return { stretch, calls, differing: [...differing.values()], isWhole: false };
    }
    entries = isWhole ? listed - before : PARTLY_READ;
  }
  if (!isWhole) throw new DbsyncError('VERIFY_LISTING_PARTIAL', 'The inbound calls could not be read to their end.');
  return { stretch, calls, differing: [...differing.values()], isWhole };
}

/** The stretch of time in which these calls are asked for again. */
export function stretchOf(calls: readonly Pick<DifferingCall, 'calledMs'>[]): CallStretch {
  const times = calls.map(({ calledMs }) => calledMs);
  if (times.includes(null)) return { fromMs: null };
  const known = times.filter((ms) => ms !== null);
  const [first, last] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  return { fromMs: first - OVERLAP_MS, untilMs: last + OVERLAP_MS };
}

async function differencesOf(desk: VerifyDesk, page: readonly InboundCall[]): Promise<readonly DifferingCall[]> {
  const { verifying, settings, context } = desk;
  const found: DifferingCall[] = [];
  const most = settings.sink.store.limits.batchContacts;
  for (let start = 0; start < page.length; start += most) {
    const inboundCalls = page.slice(start, start + most);
    const times = new Map(inboundCalls.map(({ id, values }) => [id, timeOf(values.call_time)]));
    const records = { contacts: [], inboundCalls };
    for (const row of await verifying.compareRows(settings.campaign, records, { signal: context.signal })) {
      found.push({ ...hiddenCells(desk, row), calledMs: times.get(row.id) ?? null });
    }
  }
  return found;
}

function callOf(desk: VerifyDesk, body: Parameters<typeof toInboundCall>[0]): readonly InboundCall[] {
  const record = toInboundCall(body, desk.records);
  return record.kind === 'call' ? [record.call] : [];
}

function lastOfEach(calls: readonly InboundCall[]): readonly InboundCall[] {
  return [...new Map(calls.map((call) => [call.id, call])).values()];
}

const HAS_ZONE = /(?:Z|[+-]\d\d(?::?\d\d)?)$/;

/** Reads a time. One without a zone is read as UTC, as stores read it. */
function timeOf(value: unknown): number | null {
  const ms = typeof value === 'string' ? Date.parse(HAS_ZONE.test(value) ? value : `${value}Z`) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}
