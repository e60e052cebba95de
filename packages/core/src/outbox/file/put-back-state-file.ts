import { closeSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import { makeFolder } from './make-folder.js';

/**
 * Puts a state file that was removed back under its name, out of the connection that still has it open. It alone
 * knows what has been delivered. Fails if another file stands there by now.
 */
export async function putBackStateFile(db: DatabaseSync, file: string): Promise<void> {
  makeFolder(dirname(file), 0o700);
  const draft = `${file}-draft`;
  rmSync(draft, { force: true });
  closeSync(openSync(draft, 'wx', 0o600));
  try {
    await backup(db, draft);
    linkSync(draft, file);
    syncFolder(dirname(file));
  } finally {
    rmSync(draft, { force: true });
  }
}

function syncFolder(folder: string): void {
  // Windows opens no folders, and keeps names without being asked.
  if (process.platform === 'win32') return;
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
