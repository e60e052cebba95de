import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readdirSync, renameSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
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

/** Whether more runs of that name than the one that has just opened its own have left logs there. */
export function hasEarlierLogs(name: Omit<LogName, 'startedAt'>, directory: string | null): boolean {
  const start = fileStart(name);
  const logs = (directory === null ? usualFolders() : [directory]).flatMap((folder) => {
    try {
      return readdirSync(folder).filter((file) => file.startsWith(start) && file.endsWith('.log'));
    } catch {
      return [];
    }
  });
  return logs.length > 1;
}

function usualFolders(): readonly string[] {
  return ['/var/log/dbsync', join(homedir(), '.dbsync', 'logs')];
}

function openIn(directory: string, name: LogName, maxBytes: number): LogFile {
  try {
    makeFolder(directory);
    return createLogFile(join(directory, fileName(name)), maxBytes);
  } catch (cause) {
    const message = `No log file can be opened in ${directory} (${systemReason(cause)}).`;
    throw new CliError('CLI_LOG_DIR_UNWRITABLE', message, { cause });
  }
}

/** Folder by folder: mkdir's own `recursive` never ends where the system takes no folders at all, as below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o750 });
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}

/** A campaign id is text from outside: nothing of it may lead out of the folder. */
function fileName({ startedAt, ...name }: LogName): string {
  const timestamp = startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  return `${fileStart(name)}${timestamp}.log`;
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

/** For the owner and the group alone: lines name contacts. */
function openForLines(path: string): number {
  return openSync(path, 'a', 0o640);
}
