import { closeSync, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '@dbsync/core';
import { CliError } from '../cli-error.js';
import { systemReason } from '../system-reason.js';
import { type LogName, logFileName, usualLogFolders } from './log-place.js';

/** A file that takes lines until it is closed. Lines are written at once: none is lost with the process. */
export interface LogFile {
  readonly path: string;
  /** Throws where the line cannot be written, such as on a full disk; the next one may be. */
  append(line: string): void;
  close(): void;
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
  for (const usual of usualLogFolders()) {
    try {
      return openIn(usual, name, maxBytes);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
    }
  }
  return null;
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
    const path = join(directory, logFileName(name, nr === 1 ? '' : `-${nr}`));
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return path;
  }
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
