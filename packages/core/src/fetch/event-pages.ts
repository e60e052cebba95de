import type { Json } from '../contract/index.js';
import type { TransactionFilter } from '../records/transaction-filter.js';
import { parseId } from './answers.js';
import { ApiFault } from './api-fault.js';
import type { CursorPages, PageOptions } from './cursor-pages.js';
import { toQueryTime } from './query-time.js';

/** One transaction of a window. A later change of the transaction makes another line. */
export interface EventLine {
  /** The whole line, as it came. dbsync reads only the contact's id from it. */
  readonly line: string;
  readonly contactId: string;
}

/** The window of events to read. Its instants are ISO 8601 UTC. */
export interface EventWindow extends PageOptions {
  readonly from: string;
  /** Null: up to now. */
  readonly to: string | null;
  readonly filter: TransactionFilter;
}

export function eventPages(
  pages: CursorPages,
  { from, to, filter, ...options }: EventWindow,
): AsyncIterable<readonly EventLine[]> {
  const query = {
    type: filter.mode === 'all' ? null : 'update',
    hi: filter.mode === 'hi_updates_only' ? 'true' : null,
    tasks: filter.prefixes.length > 0 ? filter.prefixes.join(',') : null,
    from: toQueryTime(from),
    to: to === null ? null : toQueryTime(to),
  };
  const identityOf = ({ line }: EventLine) => line;
  return pages.read(
    { path: 'contacts/transactions/', query, what: 'events', parseEntry: parseLine, identityOf, isHeld: true },
    options,
  );
}

/** Reads a line: `key|md5|contactId`, or longer. */
function parseLine(entry: Json): EventLine {
  const line = parseId(entry, 'An event line');
  const contactId = line.split('|', 3)[2];
  if (contactId) return { line, contactId };
  throw new ApiFault('API_ANSWER_INVALID', `An event line of ${line.length} characters names no contact.`);
}
