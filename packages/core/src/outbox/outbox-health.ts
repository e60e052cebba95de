import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CallOptions, type Finding, isSinkError } from '../contract/index.js';
import type { OutboxAccess } from './commit/outbox-access.js';
import { prepareQuery } from './file/prepared-query.js';
import type { OutboxRows } from './rows/outbox-rows.js';

/** With less free room than this, the write-ahead log and the ballast may not fit any more. */
const LOW_BYTES = 256 * 1024 * 1024;

/** Checks the state file and returns findings for an operator. */
export async function checkOutbox(
  access: OutboxAccess,
  { file }: { readonly file: string },
  options: CallOptions,
): Promise<readonly Finding[]> {
  try {
    return [...(await access.read((rows) => checkFile(rows, file), options)), await checkRoom(file)];
  } catch (error) {
    if (!isSinkError(error)) throw error;
    return [{ level: 'fail', what: error.message, remedy: `See ${error.code} in docs/errors.md` }];
  }
}

function checkFile({ db, streams }: OutboxRows, file: string): readonly Finding[] {
  const check = prepareQuery<{ readonly quick_check: string }>(db, 'PRAGMA quick_check(1)').get()?.quick_check;
  const { mode } = prepareQuery<{ readonly mode: string }>(
    db,
    'SELECT journal_mode AS mode FROM pragma_journal_mode',
  ).get() ?? { mode: '?' };
  const messages = streams.list().reduce((sum, stream) => sum + stream.messages, 0);
  return [
    check === 'ok'
      ? { level: 'pass', what: `State file ${file} is sound; ${messages} messages wait`, remedy: null }
      : { level: 'fail', what: `State file ${file} is damaged: ${check}`, remedy: 'Restore it from a backup' },
    mode === 'wal'
      ? { level: 'pass', what: 'Commands can read it while a daemon writes (WAL)', remedy: null }
      : {
          level: 'warn',
          what: `The journal mode of ${file} is ${mode}: commands and the daemon wait for each other`,
          remedy: 'Put the state directory on a local disk, where processes can share memory',
        },
  ];
}

async function checkRoom(file: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dirname(file));
  const what = `${Math.floor((bavail * bsize) / 1024 ** 2)} MiB are free for the state file`;
  if (bavail * bsize >= LOW_BYTES) return { level: 'pass', what, remedy: null };
  return { level: 'warn', what: `Only ${what}`, remedy: 'Free some room on the disk' };
}
