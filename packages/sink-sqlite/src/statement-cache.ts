import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';

/** A longer text has thousands of parameters, comes once, and takes memory. */
const MAX_LENGTH = 4_000;
/** Statements that may come again: a change of the tables comes once. */
const REPEATED = /^\s*(?:select|with|insert|update|delete)\b/i;

/**
 * Wraps the database in the interface that kysely needs. Statements that come repeatedly are compiled once: SQLite
 * itself compiles one again whose tables have changed since.
 *
 * @param most returns the number of statements that it may keep
 */
export function createStatementCache(database: DatabaseSync, most: () => number): SqliteDatabase {
  /** The statements in the order in which they were used last. */
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(text) {
      const statement = statements.get(text) ?? compile(database, text);
      if (text.length > MAX_LENGTH || !REPEATED.test(text)) return statement;
      statements.delete(text);
      statements.set(text, statement);
      for (const [oldest] of statements) {
        if (statements.size <= most()) break;
        statements.delete(oldest);
      }
      return statement;
    },
  };
}

function compile(database: DatabaseSync, text: string): SqliteStatement {
  const statement = database.prepare(text);
  statement.setReadBigInts(true);
  const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)).map(withNumbers),
    run: (parameters) => statement.run(...values(parameters)),
    // Rows that are read while others come need a statement of their own.
    iterate: (parameters) => iterate(database, text, values(parameters)),
  };
}

function iterate(database: DatabaseSync, text: string, parameters: readonly SQLInputValue[]) {
  const statement = database.prepare(text);
  statement.setReadBigInts(true);
  return statement.iterate(...parameters).map(withNumbers);
}

/** Node throws for a row with a whole number that JavaScript has no exact number for: such a cell stays a bigint (R36). */
function withNumbers(row: Record<string, SQLOutputValue>): Record<string, SQLOutputValue> {
  for (const name in row) {
    const value = row[name];
    if (typeof value !== 'bigint') continue;
    const number = Number(value);
    if (Number.isSafeInteger(number)) row[name] = number;
  }
  return row;
}
