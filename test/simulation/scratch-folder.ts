import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder for the files of one world: in memory where the machine has such a place, since they are written all the time.
 * It goes with the process at the latest: a writer of the world may make its file again after the world has ended.
 */
export function createScratchFolder(): string {
  const shared = '/dev/shm';
  const folder = mkdtempSync(join(existsSync(shared) ? shared : tmpdir(), 'dbsync-world-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
