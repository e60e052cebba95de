import { backup, DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';

/** Keeps a copy of a SQLite file. The returned function writes the copy back into the same file, page by page. */
export async function snapshotOfFile(file: string): Promise<() => Promise<void>> {
  const kept = `${file}-kept`;
  await copyInto(file, kept);
  return () => copyInto(kept, file);
}

/**
 * Copies a file into another one. Waits while a program that has the file open is in a transaction: then the backup
 * fails, and the file stays as it was. SQLite gives that failure no code of its own, only this text.
 */
async function copyInto(from: string, to: string): Promise<void> {
  using database = new DatabaseSync(from);
  for (let attempt = 1; ; attempt++) {
    try {
      return void (await backup(database, to));
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !(error instanceof Error) || error.message !== 'not an error') throw error;
      await setImmediate();
    }
  }
}

const MOST_ATTEMPTS = 10_000;
