import type { Orphan, Progress, RowDifference } from '../contract/index.js';
import type { DifferingCall } from './compare-calls.js';
import type { CellsLook } from './compare-cells.js';
import { confirmCalls } from './confirm-calls.js';
import { confirmCells } from './confirm-cells.js';
import type { FirstLook } from './first-look.js';
import {
  askForBodies,
  compareAll,
  PAUSE_MS,
  pickFromDeadLetters,
  type Suspect,
  type VerifyDesk,
} from './verify-desk.js';

/** The differences that a second look finds too. */
export interface ConfirmedDifferences {
  readonly differences: readonly Suspect[];
  /** Contacts that differ, and whose dead letter gives the reason. */
  readonly deadLetters: readonly string[];
  /** Stored contacts that the campaign has no more. */
  readonly gone: readonly string[];
  readonly orphans: readonly Orphan[];
  /** Rows that are not there and rows with other values; empty where cells were not compared. */
  readonly rows: readonly RowDifference[];
  /** Contacts whose body could not be fetched, so that their values were not compared. */
  readonly unfetched: readonly string[];
  /** Inbound calls whose rows are not there, or hold other values. */
  readonly differingCalls: readonly DifferingCall[];
  /** The calls that the holder of the stream reads again within minutes anyway. */
  readonly dueCalls: readonly DifferingCall[];
  /** Calls that differ, and whose dead letter gives the reason. */
  readonly refusedCalls: readonly DifferingCall[];
  /** False: more cells or calls differ than are named, and what is behind them was not compared. */
  readonly isWhole: boolean;
}

/** The longest wait for a holder to reach the campaign's state of the first look. */
const PATIENCE_MS = 600_000;
/**
 * The API tells its time in whole seconds, so the clock of this process may be a second behind that of the holder. A listing that
 * began before the first look would count as a later one.
 */
const CLOCKS_APART_MS = 2_000;
/** The most orphans of a kind that are named. */
const MOST_ORPHANS = 1_000;
/** The most contacts without a row that are asked for one by one. */
const MOST_ASKED = 1_000;

/** The options of a second look. */
export interface SecondLookOptions extends Pick<Progress, 'md5Proves'> {
  /** The contacts whose rows without a parent are named; null: all. */
  readonly orphansOf: readonly string[] | null;
  /** Called each time it waits for the holder. */
  readonly onWait: (differences: number) => void;
}

/**
 * Looks again at each difference. Where a process holds the stream, a contact that is missing or stale gets until the holder has
 * read the events of that time and a listing that began later: the holder finds it by itself.
 */
export async function secondLook(
  desk: VerifyDesk,
  first: FirstLook,
  { md5Proves, orphansOf, onWait }: SecondLookOptions,
): Promise<ConfirmedDifferences> {
  const { context } = desk;
  const firstOrphans = await listOrphans(desk, orphansOf);
  const cells = first.cells ?? NO_CELLS;
  const seen = [first.suspects, first.maybeGone, firstOrphans, cells.rows, cells.unfetched, first.calls.differing];
  if (seen.some(({ length }) => length > 0)) await context.clock.sleep(PAUSE_MS, context.signal);
  const mayFollow = (left: readonly Suspect[]) => left.some(isFollowable) || (!md5Proves && cells.rows.length > 0);
  let left = await lookAgain(desk, first.suspects);
  for (let waitedMs = 0; mayFollow(left) && waitedMs < PATIENCE_MS; waitedMs += PAUSE_MS) {
    const isLast = await isCaughtUp(desk, first.seenMs);
    if (!isLast) {
      onWait(left.length);
      await context.clock.sleep(PAUSE_MS, context.signal);
    }
    left = await lookAgain(desk, left);
    if (isLast) break;
  }
  left = await withoutDeleted(desk, left);
  const confirmed = await confirmCells(desk, cells);
  const ids = [...left, ...confirmed.rows].map(({ contactId }) => contactId ?? '');
  const unfetched = [...first.unfetched, ...confirmed.unfetched];
  const refused = await withDeadLetters(desk, new Set([...ids, ...unfetched]));
  const rows = confirmed.rows.filter(({ contactId }) => !refused.has(contactId ?? ''));
  const named = new Set(rows.map(({ contactId }) => contactId));
  const secondOrphans = firstOrphans.length === 0 ? [] : await listOrphans(desk, orphansOf);
  const isInBoth = new Set(firstOrphans.map((orphan) => JSON.stringify(orphan)));
  const calls = await confirmCalls(desk, first.calls);
  return {
    differences: left.filter(({ contactId }) => !refused.has(contactId) && !named.has(contactId)),
    deadLetters: [...refused],
    gone: await stillGone(desk, first.maybeGone),
    orphans: secondOrphans.filter((orphan) => isInBoth.has(JSON.stringify(orphan))),
    rows,
    unfetched: unfetched.filter((id) => !refused.has(id)),
    ...calls,
    isWhole: confirmed.isWhole && first.calls.isWhole,
  };
}

const NO_CELLS: CellsLook = { rows: [], suspects: [], unfetched: [], isWhole: true };

/**
 * Compares again. A contact is not counted where its row was written meanwhile in another version than the first look
 * expected: the holder is following it.
 */
async function lookAgain(desk: VerifyDesk, suspects: readonly Suspect[]): Promise<readonly Suspect[]> {
  if (suspects.length === 0) return suspects;
  const before = new Map(suspects.map(({ contactId, version }) => [contactId, version]));
  const expected = suspects.map(({ contactId: id, md5 }) => ({ id, md5 }));
  const found = await compareAll(desk, expected);
  return found.filter(({ contactId, kind, version }) => kind !== 'stale' || version === before.get(contactId));
}

function isFollowable({ kind }: Suspect): boolean {
  return kind === 'stale' || kind === 'missing';
}

/**
 * True where the holder has read on from an instant after the first look. Also true where no process holds the stream: then
 * nothing moves.
 */
async function isCaughtUp({ settings, context }: VerifyDesk, seenMs: number): Promise<boolean> {
  const { progress, heldBy = null } = await settings.sink.store.readState(settings.campaign, context);
  if (heldBy === null || progress === null) return true;
  const fromMs = seenMs + CLOCKS_APART_MS;
  return [progress.eventsUntil, progress.listedFrom].every((mark) => mark !== null && Date.parse(mark) > fromMs);
}

/**
 * Removes contacts that the campaign no longer has: a contact without a row may have been deleted since it was listed.
 */
async function withoutDeleted(desk: VerifyDesk, suspects: readonly Suspect[]): Promise<readonly Suspect[]> {
  const ids = suspects.filter(({ kind }) => kind === 'missing').map(({ contactId }) => contactId);
  if (ids.length > MOST_ASKED) return suspects;
  const missing = new Set((await askForBodies(desk, ids)).missing);
  return suspects.filter(({ contactId }) => !missing.has(contactId));
}

/** Returns those of the contacts that were refused, or that could not be fetched. */
async function withDeadLetters(desk: VerifyDesk, contactIds: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  if (contactIds.size === 0) return contactIds;
  return pickFromDeadLetters(desk, ({ contactId, kind }) =>
    contactId !== null && contactIds.has(contactId) && OF_WHOLE_CONTACTS.has(kind) ? contactId : null,
  );
}

const OF_WHOLE_CONTACTS: ReadonlySet<string> = new Set(['contact', 'fetch']);

/** Returns the contacts that have no body, and still have a row. */
async function stillGone(desk: VerifyDesk, contactIds: readonly string[]): Promise<readonly string[]> {
  const { missing } = await askForBodies(desk, contactIds);
  const withoutMd5 = missing.map((id) => ({ id, md5: null }));
  const compared = await compareAll(desk, withoutMd5);
  const absent = new Set(compared.filter(({ kind }) => kind === 'missing').map(({ contactId }) => contactId));
  return missing.filter((id) => !absent.has(id));
}

async function listOrphans(
  { verifying, context: { signal } }: VerifyDesk,
  contactIds: SecondLookOptions['orphansOf'],
): Promise<readonly Orphan[]> {
  const options = { signal, limit: MOST_ORPHANS };
  if (contactIds === null) return verifying.listOrphans(options);
  const found = await verifying.listOrphans({ ...options, contactIds });
  return found.filter(({ contactId }) => contactId !== null && contactIds.includes(contactId));
}
