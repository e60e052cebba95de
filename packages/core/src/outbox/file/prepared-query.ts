import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { rowsChanged } from './outbox-errors.js';

/**
 * A prepared statement with typed rows. The types hold because the tables are STRICT, so columns hold only values of
 * their type. A number that JavaScript cannot hold exactly is read as the nearest instant that it can (R36).
 */
export interface PreparedQuery<Row> {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  iterate(...values: SQLInputValue[]): Iterable<Row>;
}

export interface QueryOptions {
  /**
   * The column whose number selects the rows of a later change. If JavaScript cannot hold the number exactly, the
   * nearest number would select no row or another row. So the query throws `OUTBOX_ROWS_CHANGED`, and the next claim
   * repairs the file.
   */
  readonly key?: string;
}

export function prepareQuery<Row>(db: DatabaseSync, text: string, { key }: QueryOptions = {}): PreparedQuery<Row> {
  const bounded = (row: Row) => boundedRow(row, key);
  const boundedOrNone = (row: Row | undefined) => row && bounded(row);
  const query = db.prepare(text) as unknown as PreparedQuery<Row>;
  return {
    get: (...values) =>
      readOrExact(
        () => boundedOrNone(query.get(...values)),
        () => prepareExact<Row>(db, text, key)(...values)[0],
      ),
    all: (...values) =>
      readOrExact(
        () => query.all(...values).map(bounded),
        () => prepareExact<Row>(db, text, key)(...values),
      ),
    *iterate(...values) {
      let read = 0;
      const rows = query.iterate(...values)[Symbol.iterator]();
      try {
        for (let next = rows.next(); next.done !== true; next = rows.next()) {
          const row = next.value;
          read += 1;
          yield bounded(row);
        }
        return;
      } catch (error) {
        if (!isOutOfRange(error)) throw error;
      } finally {
        // This runs after an error too: a statement that stays open keeps its tables locked.
        rows.return?.();
      }
      for (const row of prepareExact<Row>(db, text, key)(...values).slice(read)) yield row;
    },
  };
}

/**
 * Reads the rows. If node:sqlite refuses a row, because one of its numbers is no safe integer, reads the rows again as
 * bigints.
 */
function readOrExact<T>(read: () => T, readExact: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isOutOfRange(error)) throw error;
    return readExact();
  }
}

function prepareExact<Row>(
  db: DatabaseSync,
  text: string,
  key: string | undefined,
): (...values: SQLInputValue[]) => Row[] {
  const query = db.prepare(text);
  query.setReadBigInts(true);
  return (...values) => query.all(...values).map((row) => withNumbers(row, key)) as Row[];
}

/**
 * Replaces numbers that are no instant by the nearest instant. One of them is the smallest 64-bit number, which
 * node:sqlite returns inexactly.
 */
function boundedRow<Row>(row: Row, key: string | undefined): Row {
  for (const value of Object.values(row as object)) {
    if (typeof value === 'number' && Math.abs(value) > LAST_INSTANT_MS) return withNumbers(row as object, key) as Row;
  }
  return row;
}

function withNumbers(row: object, key: string | undefined): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, numberOf(value, name === key)]));
}

function numberOf(value: unknown, isKey: boolean): unknown {
  if (typeof value !== 'bigint' && typeof value !== 'number') return value;
  const bounded = Math.max(-LAST_INSTANT_MS, Math.min(Number(value), LAST_INSTANT_MS));
  if (isKey && bounded !== Number(value)) throw rowsChanged();
  return bounded;
}

/** The last instant that a `Date` can hold. */
const LAST_INSTANT_MS = 8.64e15;

function isOutOfRange(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}
