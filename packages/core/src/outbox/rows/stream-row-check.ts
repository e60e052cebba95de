import { type Progress, parseProgress } from '../../contract/index.js';
import { isInstant } from '../../contract/progress.js';
import { fatal } from '../file/outbox-errors.js';
import { MOST_COUNTED } from './message-numbers.js';
import type { StreamRow } from './stream-row.js';

/**
 * Refuses a row of a stream that another program has changed so that dbsync cannot continue from it (R36). Counters
 * without a valid number would let two writers pass one fence; a start or an instant of a changed plan that cannot be
 * read would send all history. Throws `OUTBOX_STATE_UNREADABLE` with the statement that corrects the row.
 */
export function checkStreamRow(row: StreamRow): StreamRow {
  const { nr, epoch, beats, start, plan_changed_at: changedAt } = row;
  if (![epoch, beats].every((count) => count >= 0 && count <= MOST_COUNTED)) {
    throw unreadable(
      'The counters',
      `UPDATE streams SET epoch = ${FREE_EPOCH}, beats = 0, holder = NULL WHERE nr = ${nr}`,
    );
  }
  if (!isInstant(start)) throw unreadable('The start', `UPDATE streams SET start = ${sinceOf(row)} WHERE nr = ${nr}`);
  if (isInstant(changedAt)) return row;
  throw unreadable(
    'The instant of the last changed plan',
    `UPDATE streams SET plan_changed_at = NULL WHERE nr = ${nr}`,
  );
}

/**
 * Returns the progress of a stream; null: it has none yet. Lost progress is refused, since a new beginning would skip
 * the events in between. The statement of the message makes dbsync read everything again from the start; the ledger has
 * the queued versions, so no delivery is sent twice.
 *
 * @param provedStart returns the start under which contacts of the stream were written; null: none. A start comes with
 *   progress, so a row that has neither has lost both
 */
export function progressOf({ nr, progress, start }: StreamRow, provedStart: () => string | null): Progress | null {
  const known = progress === null ? null : parseProgress(progress);
  if (known !== null) return known;
  const proved = provedStart();
  if (progress === null && start === null && proved === null) return null;
  const since = [start, proved].find((text) => text !== null && isInstant(text)) ?? null;
  const first = since === null ? 'NULL' : `'${since}'`;
  const values = `progress = '${JSON.stringify({ since })}', start = ${first}`;
  throw unreadable('The progress', `UPDATE streams SET ${values} WHERE nr = ${nr}`);
}

/** An epoch that no claim of a sound file has reached. */
const FREE_EPOCH = 2 ** 40;

/** Returns the SQL of the instant from which the progress began. */
function sinceOf({ progress }: StreamRow): string {
  const since = progress === null ? null : (parseProgress(progress)?.since ?? null);
  return since === null ? 'NULL' : `'${since}'`;
}

function unreadable(what: string, statement: string) {
  const problem = `${what} of the campaign cannot be read in the state file, so dbsync cannot continue from it.`;
  return fatal('OUTBOX_STATE_UNREADABLE', `${problem} Stop all daemons of the campaign, and write: ${statement}`);
}
