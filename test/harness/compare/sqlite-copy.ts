import { DatabaseSync } from 'node:sqlite';
import type { ColumnKind } from './exact-cells.ts';
import {
  COPY_TABLES,
  type CopyColumns,
  type CopyRow,
  type CopyTable,
  copyColumns,
  idColumnOf,
  isInstantColumn,
  type StoredCopy,
  storedDeadLetter,
} from './stored-copy.ts';

export interface SqliteCopyOptions {
  readonly tablePrefix?: string;
  /** `text`: all columns hold the API's own text. `dbsync2`: times are texts. */
  readonly columnTypes?: 'native' | 'dbsync2' | 'text';
}

/** Reads a copy in a SQLite file, over a separate read-only connection. Dispose of it to close. */
export function openSqliteCopy(file: string, options: SqliteCopyOptions = {}): StoredCopy & Disposable {
  const { tablePrefix = 'mcall_', columnTypes = 'native' } = options;
  const database = new DatabaseSync(file, { readOnly: true });
  const name = (table: string) => `"${tablePrefix}${table}"`;
  const map = readMap(database, name('sync_columns'));
  const columns = new Map<CopyTable, CopyColumns>();
  for (const table of COPY_TABLES) {
    const kinds = new Map<string, ColumnKind>();
    for (const column of database.prepare(`PRAGMA table_info(${name(table)})`).all()) {
      kinds.set(String(column.name), kindOf(table, String(column.name), String(column.type), columnTypes));
    }
    columns.set(table, copyColumns(table, kinds, map.get(table) ?? new Map()));
  }
  const statement = (sql: string) => {
    const prepared = database.prepare(sql);
    prepared.setReadBigInts(true);
    return prepared;
  };
  return {
    columns: (table) => columns.get(table) as CopyColumns,
    count: async (table) => Number(statement(`SELECT count(*) AS n FROM ${name(table)}`).get()?.n),
    rowsOf: async (table, ids) =>
      statement(`SELECT * FROM ${name(table)} WHERE "${idColumnOf(table)}" IN (SELECT value FROM json_each(?))`).all(
        JSON.stringify(ids),
      ) as CopyRow[],
    async *ids(table) {
      for (const row of statement(`SELECT "${idColumnOf(table)}" AS id FROM ${name(table)}`).iterate())
        yield String(row.id);
    },
    deadLetters: async () => {
      const letters = statement(`SELECT kind, contact_id, body FROM ${name('dead_letters')}`).all();
      return letters.map(storedDeadLetter);
    },
    [Symbol.dispose]: () => database.close(),
  };
}

function readMap(database: DatabaseSync, table: string): Map<string, Map<string, string>> {
  const map = new Map<string, Map<string, string>>();
  for (const row of database.prepare(`SELECT table_name, field, column_name FROM ${table}`).all()) {
    if (row.table_name === '') continue;
    const fields = map.get(String(row.table_name)) ?? new Map<string, string>();
    map.set(String(row.table_name), fields.set(JSON.parse(String(row.field)), String(row.column_name)));
  }
  return map;
}

/**
 * Returns the kind of a column. Times are text in SQLite; only numbers have no type, or `ANY` in STRICT tables, and
 * only booleans are INTEGER.
 */
function kindOf(table: CopyTable, column: string, type: string, columnTypes: string): ColumnKind {
  if (columnTypes === 'text') return 'text';
  if (columnTypes === 'native' && isInstantColumn(table, column)) return 'instant';
  if (/^(ANY|NUMERIC|REAL|DECIMAL|$)/i.test(type)) return 'number';
  return /^(INT|BOOL)/i.test(type) ? 'boolean' : 'text';
}
