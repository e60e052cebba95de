import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** A prepared statement whose rows are as its columns are declared: the tables are STRICT, so they hold nothing else. */
export interface PreparedQuery<Row> {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  iterate(...values: SQLInputValue[]): Iterable<Row>;
}

export function prepareQuery<Row>(db: DatabaseSync, text: string): PreparedQuery<Row> {
  return db.prepare(text) as unknown as PreparedQuery<Row>;
}
