import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/**
 * Creates a folder for the files of one world: in memory where the machine has such a place, since they are written all
 * the time. It goes with the process at the latest: a writer of the world may make its file again after the world has
 * ended.
 */
export function createScratchFolder(): string {
  const shared = '/dev/shm';
  const folder = mkdtempSync(join(existsSync(shared) ? shared : tmpdir(), 'dbsync-world-'));
  if (folders.length === 0) process.once('exit', removeAll);
  folders.push(folder);
  return folder;
}

/** Removes the files of a world that has ended. The folder stays, since a late writer that finds none would fail. */
export function emptyFolder(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}
