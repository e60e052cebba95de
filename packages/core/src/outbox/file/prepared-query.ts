import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/**
 * A prepared statement with typed rows. The types hold because the tables are STRICT, so columns hold only values of
 * their type. A number that JavaScript cannot hold exactly is read as the nearest instant that it can (R36).
 */
export interface PreparedQuery<Row> {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  iterate(...values: SQLInputValue[]): Iterable<Row>;
}

export function prepareQuery<Row>(db: DatabaseSync, text: string): PreparedQuery<Row> {
  const query = db.prepare(text) as unknown as PreparedQuery<Row>;
  return {
    get: (...values) =>
      readOrExact(
        () => bounded(query.get(...values)),
        () => prepareExact<Row>(db, text)(...values)[0],
      ),
    all: (...values) =>
      readOrExact(
        () => query.all(...values).map(bounded),
        () => prepareExact<Row>(db, text)(...values),
      ),
    *iterate(...values) {
      let read = 0;
      try {
        for (const row of query.iterate(...values)) {
          read += 1;
          yield bounded(row);
        }
        return;
      } catch (error) {
        if (!isOutOfRange(error)) throw error;
      }
      for (const row of prepareExact<Row>(db, text)(...values).slice(read)) yield row;
    },
  };
}

/** Reads as usual. node:sqlite refuses rows with a number beyond the safe integers: these are read again as bigints. */
function readOrExact<T>(read: () => T, readExact: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isOutOfRange(error)) throw error;
    return readExact();
  }
}

function prepareExact<Row>(db: DatabaseSync, text: string): (...values: SQLInputValue[]) => Row[] {
  const query = db.prepare(text);
  query.setReadBigInts(true);
  return (...values) => query.all(...values).map(withNumbers) as Row[];
}

/** Bounds the numbers that are no instant. Among them is the least of 64 bits, which node:sqlite hands out inexactly. */
function bounded<Row>(row: Row): Row {
  if (row === undefined) return row;
  for (const value of Object.values(row as object)) {
    if (typeof value === 'number' && Math.abs(value) > LAST_INSTANT_MS) return withNumbers(row as object) as Row;
  }
  return row;
}

function withNumbers(row: object): object {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, numberOf(value)]));
}

function numberOf(value: unknown): unknown {
  if (typeof value !== 'bigint' && typeof value !== 'number') return value;
  return Math.max(-LAST_INSTANT_MS, Math.min(Number(value), LAST_INSTANT_MS));
}

/** The last instant that a `Date` can hold. */
const LAST_INSTANT_MS = 8.64e15;

function isOutOfRange(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}
