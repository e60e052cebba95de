import type { Cell } from '@dbsync/sql';
import type { StagedColumn } from './load-text.js';
import { parameter } from './mysql-types.js';
import { BYTES_PER_UNIT, tooLong } from './request-size.js';
import type { ServerFacts } from './server-facts.js';
import { literal } from './statement-text.js';

/** Longer statements are no faster. */
const MAX_LIST_BYTES = 1024 * 1024;
/** Room for the rest of a statement beside its list, and of a request beside its statement. */
const ROOM_BYTES = 1024;

/**
 * Writes these cells of the rows in brackets, each list short enough for one statement.
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
    const bytes = text.length > maxUnits ? Buffer.byteLength(text) : 0;
    if (bytes > maxBytes) throw tooLong(`A row of ${bytes} bytes`, maxRequestBytes);
    if (list !== '' && list.length + text.length > maxUnits) {
      yield list;
      list = '';
    }
    list += list === '' ? text : `,${text}`;
  }
  if (list !== '') yield list;
}
