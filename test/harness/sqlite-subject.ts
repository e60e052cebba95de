import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { inspect } from 'node:util';
import type { Json, OptionValue, RowTable, SinkNotice, SinkTarget, StoreSink } from '@dbsync/core/contract';
import { createSink } from '@dbsync/sink-sqlite';
import type { StoreSubject } from '@dbsync/testkit';
import { numberCell, storedRow } from './compare/stored-row.ts';
import { snapshotOfFile } from './restored-file.ts';
import { sqliteDamage } from './sqlite-damage.ts';
import { STORE_OFFERS } from './store-offers.ts';
import { obstructField, tableDamage } from './table-damage.ts';

/** Returns the target that core would pass to the SQLite sink for that file. */
export function sqliteTarget(file: string, options: Readonly<Record<string, OptionValue>> = {}): SinkTarget {
  const address = { scheme: 'sqlite', user: null, password: null, host: '', port: null, path: file };
  return { address, options, notify: () => {} };
}

/** The SQLite sink, with a file of its own for each case. */
export const sqliteSubject: StoreSubject = {
  createTarget: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dbsync-sqlite-'));
    const notices: SinkNotice[] = [];
    const reported = (notice: SinkNotice) => notices.push(notice);
    const target = { ...sqliteTarget(join(folder, 'copy.db')), notify: reported };
    const { address, options } = target;
    return {
      createSink: () => storeOf(target),
      readRows: async (table) => readRows(address.path, table),
      remove: async () => rmSync(folder, { recursive: true }),
      notices: () => notices,
      snapshot: () => snapshotOfFile(address.path),
      looked: {
        createSink: () => storeOf({ ...target, onlyLooks: true }),
        createChecker: () => storeOf({ ...target, onlyLooks: true, copyMayBeMissing: true }),
        contents: async () => contentsOf(address.path),
      },
      plugin: { entry: import.meta.resolve('@dbsync/sink-sqlite'), address, options },
      damage: tableDamage(sqliteDamage(address.path)),
      ...STORE_OFFERS,
      plans: true,
      loads: true,
      obstruct: (field) => obstructField(sqliteDamage(address.path), field),
    };
  },
};

function storeOf(target: SinkTarget): StoreSink {
  const sink = createSink(target);
  if (sink.kind !== 'store') throw new TypeError('The SQLite sink is a store');
  return sink;
}

/** Returns all that the file holds as one text; that there is no file, too. */
function contentsOf(file: string): string {
  if (!existsSync(file)) return 'no file';
  using database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  const rows = tables.map(({ name }) => {
    const all = database.prepare(`SELECT * FROM "${name}" ORDER BY 1`);
    all.setReadBigInts(true);
    return inspect(all.all(), { depth: 4, maxArrayLength: null, maxStringLength: null });
  });
  return JSON.stringify([tables, rows]);
}

function readRows(file: string, table: RowTable) {
  using database = new DatabaseSync(file, { readOnly: true });
  const types = new Map(
    database
      .prepare(`PRAGMA table_info(mcall_${table})`)
      .all()
      .map(({ name, type }) => [String(name), String(type)]),
  );
  const given = database.prepare('SELECT field, column_name FROM mcall_sync_columns WHERE table_name = ?').all(table);
  const fields = new Map(given.map((row) => [String(row.column_name), JSON.parse(String(row.field)) as string]));
  const all = database.prepare(`SELECT * FROM mcall_${table}`);
  all.setReadBigInts(true);
  return all.all().map((row) => {
    const cells: Record<string, Json> = Object.create(null);
    for (const [column, value] of Object.entries(row)) cells[column] = cellOf(value, types.get(column));
    return storedRow({ table, cells, fieldOf: (column) => fields.get(column) });
  });
}

/** Returns a cell. Only numbers have no type, or `ANY` in STRICT tables, and only booleans are INTEGER. */
function cellOf(value: SQLOutputValue | undefined, type: string | undefined): Json {
  if (value === null || value === undefined) return null;
  if (type === 'INTEGER') return value !== 0n;
  if (type === 'ANY' || type === '') return typeof value === 'number' ? value : numberCell(String(value));
  return String(value);
}
