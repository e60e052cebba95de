import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
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
/** For the owner alone: lines name contacts. */
const LOG_MODE = 0o600;

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
    return createLogFile(makeNewFile(directory, name), maxBytes);
  } catch (cause) {
    const message = `No log file can be opened in ${directory} (${systemReason(cause)}).`;
    throw new CliError('CLI_LOG_DIR_UNWRITABLE', message, { cause });
  }
}

interface NewFile {
  readonly path: string;
  readonly descriptor: number;
}

/** A file of its own, also where another run began in the same second. */
function makeNewFile(directory: string, name: LogName): NewFile {
  for (let nr = 1; ; nr += 1) {
    const path = join(directory, logFileName(name, nr === 1 ? '' : `-${nr}`));
    try {
      return { path, descriptor: makeForLines(path) };
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
}

function createLogFile({ path, descriptor: first }: NewFile, maxBytes: number): LogFile {
  let descriptor = first;
  let bytes = 0;
  /** The file was renamed, and no new one could be made yet. */
  let isRenamed = false;

  const startAnew = () => {
    if (!isRenamed) renameSync(path, `${path}.1`);
    isRenamed = true;
    const next = makeForLines(path);
    closeSync(descriptor);
    [descriptor, bytes, isRenamed] = [next, 0, false];
  };
  return {
    path,
    append: (line) => {
      if (bytes >= maxBytes) startAnew();
      bytes += writeSync(descriptor, `${line}\n`);
    },
    close: () => closeSync(descriptor),
  };
}

/** Makes the file, or throws where the name is taken: a link that another user has put there is never followed. */
function makeForLines(path: string): number {
  return openSync(path, 'ax', LOG_MODE);
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
