import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import type { SinkError } from '@dbsync/core/contract';

/** Returns the authorities that Node brings along, and those of the machine, where companies install their own. */
export function knownAuthorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}

/** Reads the file that an option names. @throws the error that `invalid` makes, where the file cannot be read */
export function readOptionFile(
  option: string,
  file: string,
  invalid: (message: string, cause: unknown) => SinkError,
): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw invalid(`${option}=${file} cannot be read`, cause);
  }
}
