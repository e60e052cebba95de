import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { type Baseline, type BenchEngine, countRows, TABLES } from './bench-engine.ts';

/** The rows held at a time; reading them does not count. */
const ROWS_AT_ONCE = 20_000;

/** The settings of the sink: durable, and with room for the hot pages of the indexes. */
const SETTINGS = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
  PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384`;

/** Opens a file in a new folder. */
export async function openSqliteBench(): Promise<BenchEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-bench-'));
  const file = join(folder, 'copy.db');
  return {
    name: `SQLite ${process.versions.sqlite}`,
    target: `sqlite:${file}`,
    countRows: async () => {
      using copy = openReadOnly(file);
      return await countRows((table) => Number(copy.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n));
    },
    measureBaseline: async () => measureBaseline(file, join(folder, 'baseline.db')),
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true });
    },
  };
}

function openReadOnly(file: string): { readonly database: DatabaseSync } & Disposable {
  const database = new DatabaseSync(file, { readOnly: true });
  return { database, [Symbol.dispose]: () => database.close() };
}

function measureBaseline(copyFile: string, file: string): Baseline {
  using copy = openReadOnly(copyFile);
  const baseline = new DatabaseSync(file);
  try {
    baseline.exec(SETTINGS);
    for (const statement of schemaOf(copy.database)) baseline.exec(statement);
    let ms = 0;
    for (const table of TABLES) ms += insertTable(copy.database, baseline, table);
    return { way: 'prepared inserts, one table after the other', isLoader: true, seconds: ms / 1000 };
  } finally {
    baseline.close();
  }
}

function schemaOf(database: DatabaseSync): string[] {
  const names = TABLES.map((table) => `'${table}'`).join(', ');
  const query = `SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name IN (${names}) ORDER BY type DESC`;
  return database
    .prepare(query)
    .all()
    .map((row) => String(row.sql));
}

/** Inserts a table in one transaction; returns the milliseconds of the inserts, and of the commit. */
function insertTable(from: DatabaseSync, to: DatabaseSync, table: string): number {
  const select = from.prepare(`SELECT * FROM ${table}`);
  select.setReadBigInts(true);
  const columns = select.columns().map(({ name }) => `"${name.replaceAll('"', '""')}"`);
  const insert = to.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  let ms = 0;
  const timed = (work: () => void) => {
    const started = performance.now();
    work();
    ms += performance.now() - started;
  };
  timed(() => to.exec('BEGIN'));
  let rows: SQLOutputValue[][] = [];
  const flush = () => {
    timed(() => {
      for (const row of rows) insert.run(...row);
    });
    rows = [];
  };
  for (const row of select.iterate()) {
    rows.push(Object.values(row));
    if (rows.length === ROWS_AT_ONCE) flush();
  }
  flush();
  timed(() => to.exec('COMMIT'));
  return ms;
}
