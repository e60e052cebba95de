import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSink } from '@dbsync/sink-sqlite';
import { type CopyReader, compareCopy } from './compare-copy.ts';
import { TABLE_KINDS } from './fault-kinds.ts';
import { createScratchFolder, emptyFolder } from './scratch-folder.ts';
import { type Connection, NONE_OUTDATED, type SimulatedTarget } from './simulated-target.ts';
import type { TargetSurroundings } from './targets.ts';

const MOST_SNAPSHOTS = 10;
const TABLES = ['contacts', 'transactions', 'connections', 'recordings'] as const;
/** The column that names the contact. */
const KEYS = {
  contacts: '$id',
  transactions: 'contact_id',
  connections: 'contact_id',
  recordings: 'contact_id',
} as const satisfies Record<(typeof TABLES)[number], string>;

/** Counts the rows by which dbsync sees that there is a copy, and its progress. */
const CONTENTS = `
  SELECT (SELECT count(*) FROM mcall_contacts) + (SELECT count(*) FROM mcall_inbound_calls)
    + (SELECT count(progress) FROM mcall_sync_state) AS n`;

/**
 * Creates the real SQLite sink on a file. A restore puts another file in its place, under all processes that have it
 * open.
 */
export function createSqliteTarget({ campaign, settings }: TargetSurroundings): SimulatedTarget {
  const folder = createScratchFolder();
  const file = join(folder, 'copy.db');
  const snapshots: string[] = [];
  let nr = 0;
  const use = <T>(work: (database: DatabaseSync) => T): T => {
    using database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    return work(database);
  };
  const all = (text: string) => use((database) => (hasTables(database) ? database.prepare(text).all() : []));

  return {
    name: 'sqlite',
    hasMachineClock: false,
    kinds: TABLE_KINDS,
    connect: () => connect(file),
    readHeldNrs() {
      const nrs = new Map(
        all('SELECT "$id" AS id, "$version" AS nr FROM mcall_contacts').map(({ id, nr }) => [id, Number(nr)]),
      );
      return (contactId) => nrs.get(contactId) ?? null;
    },
    holdsNothing: () => all(CONTENTS).every(({ n }) => n === 0),
    differences: (asOfMs, isExcused) => compareCopy(campaign, use(readCopy), asOfMs, isExcused, settings),
    outdated: () => NONE_OUTDATED,
    // SQLite counts by the clock of the machine, which the simulation does not move.
    readStatus: async () => null,
    keepSnapshot() {
      const snapshot = join(folder, `snapshot-${nr++}.db`);
      use((database) => keepCopy(database, file, snapshot));
      snapshots.push(snapshot);
      if (snapshots.length > MOST_SNAPSHOTS) for (const old of snapshots.splice(1, 1)) rmSync(old);
    },
    setBack(age) {
      const snapshot = snapshots[Math.floor((1 - age) * snapshots.length)] ?? snapshots.at(-1);
      if (snapshot === undefined) return false;
      for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
      copyFileSync(snapshot, file);
      return true;
    },
    loseState: () => use((database) => hasTables(database) && database.exec('DELETE FROM mcall_sync_state')),
    removeRows(what, draw) {
      const ids = all('SELECT "$id" AS id FROM mcall_contacts ORDER BY 1').map(({ id }) => String(id));
      const chosen = ids[Math.floor(draw * ids.length)];
      if (chosen === undefined) return [];
      use((database) => removeFrom(database, what, chosen));
      return what === 'all' ? ids : [chosen];
    },
    removePart(what, draw) {
      const statement = PARTS[what][Math.floor(draw * PARTS[what].length)];
      use((database) => hasTables(database) && statement !== undefined && removePart(database, statement));
      return campaign.contacts.keys().toArray();
    },
    tidy: () => {},
    close: () => emptyFolder(folder),
  };
}

/**
 * Copies the file. Where a frozen process has a transaction open, the log cannot be worked into the file, and SQLite writes
 * the copy, which takes ten times as long.
 */
function keepCopy(database: DatabaseSync, file: string, copy: string): void {
  const [checkpoint] = database.prepare('PRAGMA wal_checkpoint(truncate)').all();
  if (checkpoint?.busy === 0 && existsSync(file)) copyFileSync(file, copy);
  else database.exec(`VACUUM INTO '${copy}'`);
}

/** Reads everything at once: a connection and a statement for each row took longer than the rest of a world. */
function readCopy(database: DatabaseSync): CopyReader {
  const all = (text: string) => (hasTables(database) ? database.prepare(text).all() : []);
  const held = new Map(all('SELECT * FROM mcall_contacts').map((row) => [row.$id, row]));
  const records = new Set([...held.keys()].map((id) => `contacts ${id} of ${id}`));
  for (const table of TABLES.slice(1)) {
    if (!hasTable(database, `mcall_${table}`)) continue;
    for (const { id, contact_id: owner } of all(`SELECT id, contact_id FROM mcall_${table}`))
      records.add(`${table} ${id} of ${owner}`);
  }
  const calls = new Map(all('SELECT id, disconnected FROM mcall_inbound_calls').map((row) => [row.id, row]));
  const deadLetters = new Set(all('SELECT contact_id AS id FROM mcall_dead_letters').map(({ id }) => id));
  return {
    heldNr: (contactId) => (held.has(contactId) ? Number(held.get(contactId)?.$version) : null),
    heldNote: (contactId) => String(held.get(contactId)?.note ?? ''),
    isMarked: (contactId) => (held.get(contactId)?.$deleted_at ?? null) !== null,
    missing: (contactId, wanted) => wanted.filter((record) => !records.has(`${record} of ${contactId}`)),
    heldCall(callId) {
      const row = calls.get(callId);
      return row && (row.disconnected === null ? null : new Date(`${row.disconnected}`).toISOString());
    },
    isDeadLetter: (contactId) => deadLetters.has(contactId),
  };
}

/** Deletes rows of one contact, or all rows, from the tables that are still there. */
function removeFrom(database: DatabaseSync, what: 'contact' | 'record' | 'all', contactId: string): void {
  const tables = what === 'record' ? (['transactions'] as const) : TABLES;
  for (const table of tables) {
    if (!hasTable(database, `mcall_${table}`)) continue;
    if (what === 'all') database.exec(`DELETE FROM mcall_${table}`);
    else database.prepare(`DELETE FROM mcall_${table} WHERE "${KEYS[table]}" = ?`).run(contactId);
  }
  if (what === 'all') database.exec('DELETE FROM mcall_inbound_calls');
}

function hasTable(database: DatabaseSync, name: string): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) !== undefined;
}

/** Ignores an error: a killed process cannot report that its file could not be closed. */
function ignoreEnd(): void {}

/** The parts that a person may remove with one statement. */
const PARTS = {
  column: [
    'ALTER TABLE mcall_contacts DROP COLUMN note',
    'ALTER TABLE mcall_transactions DROP COLUMN status',
    'ALTER TABLE mcall_connections DROP COLUMN started',
  ],
  table: ['DROP TABLE mcall_recordings', 'DROP TABLE mcall_connections', 'DROP TABLE mcall_transactions'],
} as const;

/** Removes a part. Does nothing where it is gone already, or where another process writes. */
function removePart(database: DatabaseSync, statement: string): void {
  try {
    database.exec(statement);
  } catch {
    return;
  }
}

function hasTables(database: DatabaseSync): boolean {
  const find = database.prepare(
    "SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('mcall_inbound_calls', 'mcall_sync_state')",
  );
  return find.get()?.n === 2;
}

function connect(file: string): Connection {
  const address = { scheme: 'sqlite', user: null, password: null, host: '', port: null, path: file };
  const store = createSink({ address, options: {}, notify: () => {} });
  if (store.kind !== 'store') throw new TypeError('The SQLite sink is a store.');
  return { store, delivery: null, drop: () => void store.close().catch(ignoreEnd) };
}
