import { readFileSync } from 'node:fs';
import type { SinkError } from '@dbsync/core/contract';

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
