import { accessSync, constants, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CallOptions, Finding } from '@dbsync/core/contract';
import { quotedForShell } from '@dbsync/core/sink-kit';
import type { SyncTables } from '@dbsync/sql';
import { type Kysely, sql } from 'kysely';

/** Below this much room the log beside the file may not fit any more. */
const LOW_BYTES = 512 * 1024 * 1024;

/** @param db null: the file is not there yet */
export async function checkFile(
  db: Kysely<SyncTables> | null,
  file: string,
  options: CallOptions & { readonly onlyLooks: boolean },
): Promise<readonly Finding[]> {
  const path = resolve(file);
  if (db === null) return checkFolder(path);
  const { rows } = await sql<{ version: string; mode: string }>`
    select sqlite_version() as version, journal_mode as mode from pragma_journal_mode`.execute(db, options);
  const { version = '?', mode = '?' } = rows[0] ?? {};
  return [
    { level: 'pass', what: `SQLite ${version}, ${path}`, remedy: null },
    takesWrites(path, constants.R_OK | constants.W_OK),
    // SQLite makes its log beside the file.
    takesWrites(dirname(path), MAKES_FILES),
    journal(mode, options),
    await checkRoom(dirname(path)),
  ];
}

/** Checks the folder in which the first start makes the file. */
async function checkFolder(path: string): Promise<readonly Finding[]> {
  const folder = dirname(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return [
      { level: 'fail', what: `The folder ${folder} does not exist`, remedy: `mkdir -p ${quotedForShell(folder)}` },
    ];
  }
  return [
    { level: 'pass', what: `The first start makes ${path}`, remedy: null },
    takesWrites(folder, MAKES_FILES),
    await checkRoom(folder),
  ];
}

const MAKES_FILES = constants.W_OK | constants.X_OK;

/** @param access fails where the process lacks these rights */
export function takesWrites(path: string, rights: number, access: typeof accessSync = accessSync): Finding {
  try {
    access(path, rights);
    return { level: 'pass', what: `dbsync may write to ${path}`, remedy: null };
  } catch {
    const remedy = `chown ${userName()} ${quotedForShell(path)}`;
    return { level: 'fail', what: `dbsync may not write to ${path}`, remedy };
  }
}

function journal(mode: string, { onlyLooks }: { readonly onlyLooks: boolean }): Finding {
  if (mode === 'wal')
    return { level: 'pass', what: 'Readers and the writer do not wait for each other (WAL)', remedy: null };
  const what = `The journal mode is ${mode}`;
  if (onlyLooks) return { level: 'pass', what: `${what}: the next start switches it to WAL`, remedy: null };
  const remedy = 'Put the file on a local disk, where SQLite can share memory';
  return { level: 'warn', what: `${what}: readers block the writer`, remedy };
}

function userName(): string {
  return String(process.getuid?.() ?? 'USER');
}

async function checkRoom(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  return roomFinding(bavail * bsize);
}

/** Judges the free room of the disk that the file lies on. */
export function roomFinding(freeBytes: number): Finding {
  const what = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB are free`;
  if (freeBytes >= LOW_BYTES) return { level: 'pass', what, remedy: null };
  return { level: 'warn', what: `Only ${what}`, remedy: 'Free some room on the disk' };
}
