import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isLogName, readLogName } from '../../reporting/log-place.js';

/** The most logs, the newest first, and the most bytes of each. */
const MAX_LOGS = 6;
const MAX_BYTES = 1024 * 1024;

/** The end of one log. */
export interface LogTail {
  readonly name: string;
  readonly text: string;
}

/** Reads the ends of the newest logs of dbsync in these folders: those of the campaign, where one is given. */
export function logTails(folders: readonly string[], campaign: string | undefined): readonly LogTail[] {
  const belongs = (name: string) => (campaign === undefined ? isLogName(name) : readLogName(campaign, name) !== null);
  const found = folders.flatMap((folder) =>
    namesIn(folder)
      .filter(belongs)
      .map((name) => ({ name, path: join(folder, name), changedMs: changedMs(join(folder, name)) })),
  );
  const newest = found.toSorted((a, b) => b.changedMs - a.changedMs).slice(0, MAX_LOGS);
  return newest.map(({ name, path }) => ({ name, text: tailOf(path) }));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Returns 0 for a file that has gone, or that cannot be looked at, such as a link to itself. */
function changedMs(path: string): number {
  try {
    return lstatSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/** Flags that neither follow a link nor wait for the writer of a pipe, which another user may have put there. */
const PLAIN_FILE = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Reads the end of a file from the beginning of a line. */
function tailOf(path: string): string {
  try {
    const descriptor = openSync(path, PLAIN_FILE);
    try {
      const { size } = fstatSync(descriptor);
      const tail = Buffer.alloc(Math.min(size, MAX_BYTES));
      const bytes = readSync(descriptor, tail, 0, tail.length, size - tail.length);
      const text = tail.toString('utf8', 0, bytes);
      return size > MAX_BYTES ? text.slice(text.indexOf('\n') + 1) : text;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return `It cannot be read: ${error instanceof Error ? error.message : error}\n`;
  }
}
