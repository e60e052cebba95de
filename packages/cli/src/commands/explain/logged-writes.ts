import { createReadStream, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { logFolders, readLogName } from '../../reporting/log-place.js';
import { printableLine } from '../../terminal/printable.js';

/** The writes of a contact in the logs of this machine. */
export interface LoggedWrites {
  /** The last line that names the contact as written or removed. Null: no log that was read names it. */
  readonly last: LoggedWrite | null;
  /** Logs of runs that were running when a row of the contact changed last, by the names of their files. */
  readonly runningThen: readonly string[];
  /** The number of logs that were read, and of all logs of the campaign on this machine. */
  readonly read: number;
  readonly logs: number;
}

/** A line of a log. */
export interface LoggedWrite {
  readonly what: 'written' | 'removed';
  /** The time of the line, as the log has it. */
  readonly at: string;
  readonly file: string;
  readonly mode: string;
}

interface Log {
  readonly path: string;
  readonly mode: string;
  readonly startedMs: number;
  readonly changedMs: number;
  readonly bytes: number;
}

/** The most bytes that are read, of all logs together. */
const MOST_BYTES = 256 * 1024 * 1024;
/** The most characters of a line that are kept. */
const LONGEST_LINE = 100_000;
/** A daemon writes a line a minute, and the clocks of database and machine may differ. */
const SLACK_MS = 120_000;

/**
 * Searches the logs of a campaign, the newest first, for the last write of a contact. Only logs at `debug` name contacts.
 * @param directory the folder of the logs; null: the usual ones
 * @param changedAt the time of the last change, ISO 8601; null: not known
 * @param signal ends the search; its reason is thrown
 */
export async function readLoggedWrites(
  campaign: string,
  contactId: string,
  directory: string | null,
  changedAt: string | null,
  signal: AbortSignal,
): Promise<LoggedWrites> {
  const logs = logFolders(directory).flatMap((folder) => logsIn(folder, campaign));
  logs.sort((a, b) => b.changedMs - a.changedMs);
  const changedMs = changedAt === null ? Number.NaN : Date.parse(changedAt);
  const runningThen = logs
    .filter((log) => log.startedMs <= changedMs + SLACK_MS && log.changedMs >= changedMs - SLACK_MS)
    .map(({ path }) => path);
  let [bytes, read] = [0, 0];
  let last: LoggedWrite | null = null;
  for (const log of logs) {
    if (bytes >= MOST_BYTES) break;
    const most = Math.min(log.bytes, MOST_BYTES - bytes);
    bytes += most;
    read += 1;
    last = await lastWriteIn(log, most, contactId, signal);
    if (last !== null) break;
  }
  return { last, runningThen, read, logs: logs.length };
}

function logsIn(folder: string, campaign: string): readonly Log[] {
  try {
    return readdirSync(folder).flatMap((file) => logAt(folder, file, campaign) ?? []);
  } catch {
    // A folder that is not there, or that this user may not read, has no log for the command.
    return [];
  }
}

/** Returns null for a file that is no log of a database run, is no plain file, or has gone meanwhile. */
function logAt(folder: string, file: string, campaign: string): Log | null {
  const name = readLogName(campaign, file);
  if (name === null || !name.mode.startsWith('db_')) return null;
  const path = join(folder, file);
  try {
    const found = lstatSync(path);
    return found.isFile() ? { path, ...name, changedMs: found.mtimeMs, bytes: found.size } : null;
  } catch {
    return null;
  }
}

async function lastWriteIn(
  { path, mode, bytes }: Log,
  most: number,
  contactId: string,
  signal: AbortSignal,
): Promise<LoggedWrite | null> {
  const id = printableLine(contactId);
  let last: LoggedWrite | null = null;
  try {
    for await (const line of linesOf(path, { start: bytes - most, end: bytes - 1 }, signal)) {
      if (!line.includes(id)) continue;
      const [, at = '', written, removed] = LINE.exec(line) ?? [];
      if (written?.split(', ').includes(id)) last = { what: 'written', at, file: path, mode };
      if (removed === id) last = { what: 'removed', at, file: path, mode };
    }
  } catch {
    signal.throwIfAborted();
    // An unreadable log counts as one that names no contact.
  }
  return last;
}

/** Reads the lines of a part of a file. The end of a very long line is dropped. */
async function* linesOf(path: string, part: { start: number; end: number }, signal: AbortSignal) {
  if (part.end < part.start) return;
  let rest = '';
  for await (const chunk of createReadStream(path, { ...part, signal, encoding: 'utf8' })) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    for (const line of lines) yield line.slice(0, LONGEST_LINE);
  }
  yield rest;
}

const LINE = /^(\S+) \S+ +(?:Written: (.*)|CONTACTS_REMOVED: Contact (\S+) was removed: .*)$/;
