import { closeSync, fchmodSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '@dbsync/core/cli-kit';
import { CliError } from '../cli-error.js';
import { systemReason } from '../system-reason.js';
import { type LogName, logFileName, logFolders } from './log-place.js';

/** A file of lines. Lines are written at once: none is lost with the process. */
export interface LogFile {
  readonly path: string;
  /** Throws where the line cannot be written, such as on a full disk; the next line may succeed. */
  append(line: string): void;
  close(): void;
}

/** A file that has grown to this size is renamed to `{name}.1`, in place of the one before. */
const MAX_BYTES = 64 * 1024 * 1024;
/** The default mode, for the owner alone: lines name contacts. */
const USUAL_MODE = 0o600;

/** The options of a new log file. */
export interface LogFileOptions {
  /** The permissions of the file, whatever the mask of the process. Default: 0600 */
  readonly mode?: number;
  /** The size of the file when the next file begins. Default: 64 MiB */
  readonly maxBytes?: number;
}

/**
 * Opens `{CAMPAIGN}_{MODE}_{TIMESTAMP}.log` in the named folder, else in the first of the usual ones that takes it;
 * null where none does.
 */
export function openLogFile(name: LogName, directory: string | null, options: LogFileOptions = {}): LogFile | null {
  if (directory !== null) return openIn(directory, name, options);
  for (const usual of logFolders(null)) {
    try {
      return openIn(usual, name, options);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
    }
  }
  return null;
}

function openIn(directory: string, name: LogName, options: LogFileOptions): LogFile {
  try {
    makeFolder(directory, 0o750);
    return createLogFile(makeNewFile(directory, name, options), options);
  } catch (cause) {
    const message = `No log file can be opened in ${directory} (${systemReason(cause)}).`;
    throw new CliError('CLI_LOG_DIR_UNWRITABLE', message, { cause });
  }
}

interface NewFile {
  readonly path: string;
  readonly descriptor: number;
}

/** Makes a new file, also where another run began in the same second. */
function makeNewFile(directory: string, name: LogName, options: LogFileOptions): NewFile {
  for (let nr = 1; ; nr += 1) {
    const path = join(directory, logFileName(name, nr === 1 ? '' : `-${nr}`));
    try {
      return { path, descriptor: makeForLines(path, options) };
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
}

function createLogFile({ path, descriptor: first }: NewFile, options: LogFileOptions): LogFile {
  const { maxBytes = MAX_BYTES } = options;
  let descriptor = first;
  let bytes = 0;
  /** True where the file was renamed, and no new one could be made yet. */
  let isRenamed = false;

  const startNextFile = () => {
    if (!isRenamed) renameSync(path, `${path}.1`);
    isRenamed = true;
    const next = makeForLines(path, options);
    closeSync(descriptor);
    [descriptor, bytes, isRenamed] = [next, 0, false];
  };
  return {
    path,
    append: (line) => {
      if (bytes >= maxBytes) startNextFile();
      bytes += writeSync(descriptor, `${line}\n`);
    },
    close: () => closeSync(descriptor),
  };
}

/** Makes the file, or throws where the name is taken: a link that another user has put there is never followed. */
function makeForLines(path: string, { mode = USUAL_MODE }: LogFileOptions): number {
  const descriptor = openSync(path, 'ax', mode & USUAL_MODE);
  if (mode !== USUAL_MODE && process.platform !== 'win32') fchmodSync(descriptor, mode);
  return descriptor;
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
