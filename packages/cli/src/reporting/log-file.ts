import { closeSync, fstatSync, openSync, readdirSync, readSync, renameSync, statSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '@dbsync/core';
import { CliError } from '../cli-error.js';
import { systemReason } from '../system-reason.js';

/** A file that takes lines until it is closed. Lines are written at once: none is lost with the process. */
export interface LogFile {
  readonly path: string;
  /** Throws where the line cannot be written, such as on a full disk; the next one may be. */
  append(line: string): void;
  close(): void;
}

export interface LogName {
  readonly campaign: string;
  readonly mode: string;
  readonly startedAt: Date;
}

/** A file that has grown to this is renamed to `{name}.1`, in place of the one before. */
const MAX_BYTES = 64 * 1024 * 1024;
/** For the owner and the group alone: lines name contacts. */
const LOG_MODE = 0o640;

/**
 * Opens `{CAMPAIGN}_{MODE}_{TIMESTAMP}.log` in the folder that was named, else in the first of the usual ones that
 * takes it; null where none does.
 */
export function openLogFile(name: LogName, directory: string | null, maxBytes = MAX_BYTES): LogFile | null {
  if (directory !== null) return openIn(directory, name, maxBytes);
  for (const usual of usualFolders()) {
    try {
      return openIn(usual, name, maxBytes);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
    }
  }
  return null;
}

/**
 * Whether more runs of that name than the one that has just opened its own have left logs there. Those that failed before
 * they had a state, for a mistake in their command or a folder that takes no files, do not count.
 */
export function hasEarlierLogs(name: Omit<LogName, 'startedAt'>, directory: string | null): boolean {
  const start = fileStart(name);
  const logs = (directory === null ? usualFolders() : [directory]).flatMap((folder) => {
    try {
      const files = readdirSync(folder).filter((file) => file.startsWith(start) && file.endsWith('.log'));
      return files.filter((file) => hasBegun(join(folder, file)));
    } catch {
      return [];
    }
  });
  return logs.length > 1;
}

function usualFolders(): readonly string[] {
  return ['/var/log/dbsync', join(homedir(), '.dbsync', 'logs')];
}

/** Far more than is written before a run begins. */
const HEAD_BYTES = 64 * 1024;

/** At a low log level no line tells of a beginning: then a run began that did not fail. */
function hasBegun(path: string): boolean {
  const lines = readHead(path).split('\n');
  const at = lines.findIndex((line) => BEGINNING.test(line));
  return at < 0 ? !lines.some((line) => FAILURE.test(line)) : !NO_PLACE.test(lines[at + 1] ?? '');
}

const BEGINNING = /^\S+ NOTICE +\S+ of campaign .* starts \(/;
const FAILURE = /^\S+ CRITICAL /;
const NO_PLACE = /^\S+ CRITICAL OUTBOX_CANNOT_OPEN:/;

/** Empty where it cannot be read: that it is there tells enough. */
function readHead(path: string): string {
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    const descriptor = openSync(path, 'r');
    const bytes = readSync(descriptor, head, 0, HEAD_BYTES, 0);
    closeSync(descriptor);
    return head.toString('utf8', 0, bytes);
  } catch {
    return '';
  }
}

function openIn(directory: string, name: LogName, maxBytes: number): LogFile {
  try {
    makeFolder(directory, 0o750);
    return createLogFile(newFile(directory, name), maxBytes);
  } catch (cause) {
    const message = `No log file can be opened in ${directory} (${systemReason(cause)}).`;
    throw new CliError('CLI_LOG_DIR_UNWRITABLE', message, { cause });
  }
}

/** A file of its own, also where another run began in the same second. */
function newFile(directory: string, name: LogName): string {
  for (let nr = 1; ; nr += 1) {
    const path = join(directory, fileName(name, nr === 1 ? '' : `-${nr}`));
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return path;
  }
}

/** A campaign id is text from outside: nothing of it may lead out of the folder. */
function fileName({ startedAt, ...name }: LogName, suffix: string): string {
  const timestamp = startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  return `${fileStart(name)}${timestamp}${suffix}.log`;
}

function fileStart({ campaign, mode }: Omit<LogName, 'startedAt'>): string {
  return `${campaign.replace(/[^\w-]/g, '-').slice(0, 100)}_${mode}_`;
}

function createLogFile(path: string, maxBytes: number): LogFile {
  let descriptor = openForLines(path);
  let bytes = fstatSync(descriptor).size;
  return {
    path,
    append: (line) => {
      if (bytes >= maxBytes) {
        renameSync(path, `${path}.1`);
        closeSync(descriptor);
        descriptor = openForLines(path);
        bytes = 0;
      }
      bytes += writeSync(descriptor, `${line}\n`);
    },
    close: () => closeSync(descriptor),
  };
}

function openForLines(path: string): number {
  return openSync(path, 'a', LOG_MODE);
}
