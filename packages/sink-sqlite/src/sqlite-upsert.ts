import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { CallOptions } from '@dbsync/core/contract';
import {
  type Cell,
  createYield,
  type EngineSession,
  type SyncTables,
  type TableRows,
  type TakenKey,
  type UpsertAnswer,
  type UpsertBatch,
  type UpsertTable,
} from '@dbsync/sql';
import type { CompiledQuery, Kysely, SqliteDatabase } from 'kysely';
import { parameterOf } from './sqlite-types.js';

/** The number of rows between two looks at the clock: a look after every row would show in the profile. */
const ROWS_A_LOOK = 32;

/**
 * Prepared upserts, a row a statement, table after table in one transaction. The ways that were tried, 240,000 rows of 23
 * columns with an index beside the key, in one run: this one 88,500 rows/s; a temporary table and INSERT ... SELECT 78,600;
 * eight rows a statement 58,300; WITHOUT ROWID 41,700; JSON and json_each 29,800. Plain INSERTs are no faster.
 */
export function createSqliteUpsert(
  db: Kysely<SyncTables>,
  database: DatabaseSync,
  statements: SqliteDatabase,
): EngineSession['upsert'] {
  const taken: string[] = [];
  database.function(TAKEN, (key) => {
    taken.push(String(key));
    return 0;
  });
  const prepare = createTableStatements(database);
  return (batch, options) =>
    db.connection().execute(async () => {
      options.signal.throwIfAborted();
      taken.length = 0;
      database.exec('begin immediate');
      try {
        const answer = await runBatch(batch, { statements, prepare, taken }, options);
        database.exec(answer.committed ? 'commit' : 'rollback');
        return answer;
      } catch (error) {
        if (database.isTransaction) database.exec('rollback');
        throw error;
      }
    });
}

interface Writer {
  /** Compiles statements, and keeps those that come again. */
  readonly statements: SqliteDatabase;
  readonly prepare: (table: UpsertTable) => TableStatements;
  /** The keys of rows that the last upserts left to another owner. */
  readonly taken: string[];
}

interface TableStatements {
  readonly upsert: StatementSync;
  /** Finds the row, if it is as the upsert should have left it. Null: no trigger drops rows. */
  readonly find: StatementSync | null;
}

/** The most tables that keep their statements: those of a copy, and some earlier states of them. */
const MOST_TABLES = 8;

/**
 * Compiles the statements of tables. A check of the tables makes their plans again, which are mostly as before: their
 * statements are kept by their text.
 */
function createTableStatements(database: DatabaseSync): Writer['prepare'] {
  const byTable = new WeakMap<UpsertTable, TableStatements>();
  const byText = new Map<string, TableStatements>();
  return (table) => {
    const known = byTable.get(table);
    if (known !== undefined) return known;
    const [upsert, find] = [upsertText(table), table.mayDropRows ? findText(table) : null];
    const text = `${upsert};${find}`;
    const statements = byText.get(text) ?? {
      upsert: database.prepare(upsert),
      find: find === null ? null : database.prepare(find),
    };
    byText.delete(text);
    byText.set(text, statements);
    const [oldest = text] = byText.keys();
    if (byText.size > MOST_TABLES) byText.delete(oldest);
    byTable.set(table, statements);
    return statements;
  };
}

async function runBatch(batch: UpsertBatch, writer: Writer, { signal }: CallOptions): Promise<UpsertAnswer> {
  const total = { inserted: 0, updated: 0, unchanged: 0 };
  const touched = new Set<string>();
  const taken: TakenKey[] = [];
  const dropped = new Map<UpsertTable, number>();
  const yieldNow = createYield(signal);
  for (const statement of batch.before ?? []) hits(writer.statements, statement);
  for (const tableRows of batch.rows) {
    const counts = await upsertRows(tableRows, writer, batch.watched, touched, yieldNow);
    total.inserted += counts.inserted;
    total.updated += counts.updated;
    total.unchanged += counts.unchanged;
    if (counts.dropped > 0) dropped.set(tableRows.table, counts.dropped);
    for (const key of writer.taken.splice(0)) taken.push({ table: tableRows.table, key });
  }
  if (taken.length > 0) return { committed: false, because: 'owner', taken };
  for (const statement of batch.statements) {
    hits(writer.statements, statement);
    await yieldNow();
  }
  for (const guard of batch.guards) {
    if (hits(writer.statements, guard.query) !== 1) return { committed: false, because: 'guard' };
  }
  return { committed: true, ...total, touched, dropped };
}

async function upsertRows(
  { table, rows }: TableRows,
  { statements, prepare }: Writer,
  watched: ReadonlySet<string>,
  touched: Set<string>,
  yieldNow: () => Promise<void> | undefined,
) {
  const { upsert, find } = prepare(table);
  const bind = createBinding(table, clockOf(statements));
  const lastBefore = lastRowid(statements, table);
  let [written, dropped, position] = [0, 0, 0];
  for (const cells of rows) {
    const values = bind(cells);
    const { changes } = upsert.run(...values);
    if (changes !== 0) {
      written += 1;
      const owner = table.ownerIndex === null || watched.size === 0 ? null : cells[table.ownerIndex];
      if (typeof owner === 'string' && watched.has(owner)) touched.add(owner);
    } else if (find !== null && find.get(...values.slice(0, -1)) === undefined) dropped += 1;
    position += 1;
    if (position % ROWS_A_LOOK === 0) await yieldNow();
  }
  // No other process writes now, and a new row's rowid is the next after the greatest.
  const inserted = lastRowid(statements, table) - lastBefore;
  return { inserted, updated: written - inserted, unchanged: rows.length - written, dropped };
}

/**
 * An SQL function that is called when a conflicting row belongs to another owner. It returns false, so that the row
 * stays as it is.
 */
const TAKEN = 'dbsync_taken';

function upsertText({ name, columns, ownerIndex, changed }: UpsertTable): string {
  const table = quoted(name);
  const names = columns.map((column) => quoted(column.name));
  const [key = ''] = names;
  const owner = ownerIndex === null ? null : names[ownerIndex];
  const values = names.filter((column) => column !== key);
  const sets = [...values, quoted(changed.name)].map((column) => `${column} = excluded.${column}`);
  const differs = anyOf(values.map((column) => `${table}.${column} is not excluded.${column}`));
  const own =
    owner === null
      ? ''
      : `(${table}.${owner} is null or excluded.${owner} is null or ${table}.${owner} is excluded.${owner} or ${TAKEN}(excluded.${key})) and `;
  return `insert into ${table} (${[...names, quoted(changed.name)].join(', ')})
    values (${[...names, changed].map(() => '?').join(', ')})
    on conflict (${key}) do update set ${sets.join(', ')}
    where ${own}(${differs})`;
}

function findText({ name, columns }: UpsertTable): string {
  const [key = '', ...values] = columns.map((column) => quoted(column.name));
  return `select 1 from ${quoted(name)} where ${key} = ? and not (${anyOf(values.map((column) => `${column} is not ?`))})`;
}

/**
 * Joins conditions by `or` in groups, since an expression may be 1,000 levels deep, and SQLite counts one for each
 * `or`.
 */
function anyOf(conditions: readonly string[]): string {
  const groups: string[] = [];
  for (let at = 0; at < conditions.length; at += 100) groups.push(`(${conditions.slice(at, at + 100).join(' or ')})`);
  return groups.join(' or ');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Returns a binding that uses one array for all rows: binding is most of what an upsert costs. */
function createBinding({ columns }: UpsertTable, changed: string): (cells: readonly Cell[]) => SQLInputValue[] {
  const values: SQLInputValue[] = [...columns.map(() => null), changed];
  const typed = columns.map(({ storage }) => storage.holds === 'number' || storage.holds === 'boolean');
  return (cells) => {
    for (let index = 0; index < columns.length; index += 1) {
      const [cell, column] = [cells[index] ?? null, columns[index]];
      values[index] =
        typed[index] && column !== undefined ? parameterOf(cell, column.storage) : (cell as SQLInputValue);
    }
    return values;
  };
}

function clockOf(statements: SqliteDatabase): string {
  return String(cellOf(statements, "select strftime('%Y-%m-%dT%H:%M:%fZ', 'now') as cell"));
}

function lastRowid(statements: SqliteDatabase, { name }: UpsertTable): number {
  return Number(cellOf(statements, `select max(rowid) as cell from ${quoted(name)}`) ?? 0);
}

function cellOf(statements: SqliteDatabase, text: string): unknown {
  const [row] = statements.prepare(text).all([]) as readonly { readonly cell: unknown }[];
  return row?.cell;
}

/** Counts the rows that a statement returned or changed. */
function hits(statements: SqliteDatabase, { sql, parameters }: CompiledQuery): number {
  const statement = statements.prepare(sql);
  return statement.reader ? statement.all(parameters).length : Number(statement.run(parameters).changes);
}
