import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type CallOptions, type Finding, isSinkError } from '../contract/index.js';
import { quotedForShell } from '../errors/quoted-for-shell.js';
import type { OutboxAccess } from './commit/outbox-access.js';
import { prepareQuery } from './file/prepared-query.js';
import type { OutboxRows } from './rows/outbox-rows.js';

/** With less free room than this, the write-ahead log and the ballast may not fit any more. */
const LOW_BYTES = 256 * 1024 * 1024;

/** A file of this size is checked for damage within about a second. */
const MAX_CHECKED_BYTES = 512 * 1024 * 1024;

/** Checks the state file and returns findings for an operator. */
export async function checkOutbox(
  access: OutboxAccess,
  { file }: { readonly file: string },
  options: CallOptions,
): Promise<readonly Finding[]> {
  try {
    return [...(await access.read((rows) => checkFile(rows, file), options)), await checkRoom(file)];
  } catch (error) {
    if (!isSinkError(error) || options.signal.aborted) throw error;
    return [{ level: 'fail', what: error.message, remedy: `See ${error.code} in docs/errors.md` }];
  }
}

function checkFile({ db, streams }: OutboxRows, file: string): readonly Finding[] {
  const { mode } = prepareQuery<{ readonly mode: string }>(
    db,
    'SELECT journal_mode AS mode FROM pragma_journal_mode',
  ).get() ?? { mode: '?' };
  const messages = streams.list().reduce((sum, stream) => sum + stream.messages, 0);
  return [
    soundness(db, file, messages),
    mode === 'wal'
      ? { level: 'pass', what: 'Commands can read it while a daemon writes (WAL)', remedy: null }
      : {
          level: 'pass',
          what: `The journal mode of ${file} is ${mode}: the next start switches it to WAL`,
          remedy: null,
        },
  ];
}

/** The check reads the whole file, and the process does nothing else meanwhile. So a large file is not checked. */
function soundness(db: DatabaseSync, file: string, messages: number): Finding {
  const waiting = `${messages} messages wait`;
  const { size } = statSync(file);
  if (size > MAX_CHECKED_BYTES) {
    const what = `State file ${file} has ${Math.floor(size / 1024 ** 2)} MiB, too many for a check for damage; ${waiting}`;
    return { level: 'unknown', what, remedy: `sqlite3 ${quotedForShell(file)} 'PRAGMA quick_check'` };
  }
  const check = prepareQuery<{ readonly quick_check: string }>(db, 'PRAGMA quick_check(1)').get()?.quick_check;
  if (check === 'ok') return { level: 'pass', what: `State file ${file} is sound; ${waiting}`, remedy: null };
  return { level: 'fail', what: `State file ${file} is damaged: ${check}`, remedy: 'Restore it from a backup' };
}

async function checkRoom(file: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dirname(file));
  const what = `${Math.floor((bavail * bsize) / 1024 ** 2)} MiB are free for the state file`;
  if (bavail * bsize >= LOW_BYTES) return { level: 'pass', what, remedy: null };
  return { level: 'warn', what: `Only ${what}`, remedy: 'Free some room on the disk' };
}
