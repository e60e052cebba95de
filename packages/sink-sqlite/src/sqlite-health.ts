import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CallOptions, Finding } from '@dbsync/core/contract';
import type { SyncTables } from '@dbsync/sql';
import { type Kysely, sql } from 'kysely';

/** Below this much room the log beside the file may not fit any more. */
const LOW_BYTES = 512 * 1024 * 1024;

export async function checkFile(db: Kysely<SyncTables>, file: string, options: CallOptions): Promise<Finding[]> {
  const { rows } = await sql<{ version: string; mode: string }>`
    select sqlite_version() as version, journal_mode as mode from pragma_journal_mode`.execute(db, options);
  const { version = '?', mode = '?' } = rows[0] ?? {};
  const { bavail, bsize } = await statfs(dirname(resolve(file)));
  const free = bavail * bsize;
  return [
    { level: 'pass', what: `SQLite ${version}, ${resolve(file)}`, remedy: null },
    mode === 'wal'
      ? { level: 'pass', what: 'Readers and the writer do not wait for each other (WAL)', remedy: null }
      : {
          level: 'warn',
          what: `The journal mode is ${mode}: readers block the writer`,
          remedy: 'Put the file on a local disk, where SQLite can share memory',
        },
    free >= LOW_BYTES
      ? { level: 'pass', what: `${gibibytes(free)} GiB are free`, remedy: null }
      : { level: 'warn', what: `Only ${gibibytes(free)} GiB are free`, remedy: 'Free some room on the disk' },
  ];
}

function gibibytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}
