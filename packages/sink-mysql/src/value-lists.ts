import { SinkError } from '@dbsync/core/contract';
import type { Cell } from '@dbsync/sql';
import type { StagedColumn } from './load-text.js';
import { parameter } from './mysql-types.js';
import type { ServerFacts } from './server-facts.js';
import { literal } from './statement-text.js';

/** Longer statements are no faster. */
const MAX_LIST_BYTES = 1024 * 1024;
/** What a statement has beside its list, and a request beside its statement. */
const ROOM_BYTES = 1024;
/** A code unit takes no more in UTF-8. */
const BYTES_PER_UNIT = 3;

/**
 * Those cells of the rows in brackets, each list of them short enough for one statement.
 * @throws a SinkError, refused, for a row that no request can carry
 */
export function* valueLists(
  rows: Iterable<readonly Cell[]>,
  columns: readonly StagedColumn[],
  { maxRequestBytes }: ServerFacts,
): Generator<string, void, undefined> {
  const maxBytes = maxRequestBytes - ROOM_BYTES;
  const maxUnits = Math.min(maxBytes, MAX_LIST_BYTES) / BYTES_PER_UNIT;
  let list = '';
  for (const row of rows) {
    const cells = columns.map(({ index, storage }) => literal(parameter(row[index] ?? null, storage)));
    const text = `(${cells.join(',')})`;
    if (text.length > maxUnits && Buffer.byteLength(text) > maxBytes) throw tooLong(text, maxRequestBytes);
    if (list !== '' && list.length + text.length > maxUnits) {
      yield list;
      list = '';
    }
    list += list === '' ? text : `,${text}`;
  }
  if (list !== '') yield list;
}

function tooLong(text: string, maxBytes: number): SinkError {
  const message = `A row of ${Buffer.byteLength(text)} bytes does not fit a request of the server, which takes ${maxBytes}: raise max_allowed_packet`;
  return new SinkError('MYSQL_REQUEST_TOO_LONG', message, { verdict: 'refused', outcome: 'not-committed' });
}
