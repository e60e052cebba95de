import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and the missing folders above it, each with that mode. It creates one folder at a time: the
 * `recursive` option of mkdir never ends if the system allows no folders there, as below /proc.
 *
 * @throws the system's error, such as EACCES
 */
export function makeFolder(path: string, mode: number): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}
