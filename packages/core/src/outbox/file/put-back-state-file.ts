import { closeSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import { makeFolder } from './make-folder.js';

/**
 * Puts a removed state file back under its name, from the connection that still has it open. Only this file knows what
 * has been delivered. Fails if another file has its name by now.
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
  // Windows cannot open folders, and stores names without this call.
  if (process.platform === 'win32') return;
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
