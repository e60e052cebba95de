import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/**
 * A prepared statement with typed rows. The types hold because the tables are STRICT, so columns hold only values of
 * their type.
 */
export interface PreparedQuery<Row> {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  iterate(...values: SQLInputValue[]): Iterable<Row>;
}

export function prepareQuery<Row>(db: DatabaseSync, text: string): PreparedQuery<Row> {
  return db.prepare(text) as unknown as PreparedQuery<Row>;
}
