import { backup, DatabaseSync } from 'node:sqlite';

/** Keeps a copy of a SQLite file. The returned function writes the copy back into the same file, page by page. */
export async function snapshotOfFile(file: string): Promise<() => Promise<void>> {
  const kept = `${file}-kept`;
  await copyInto(file, kept);
  return () => copyInto(kept, file);
}

async function copyInto(from: string, to: string): Promise<void> {
  using database = new DatabaseSync(from);
  await backup(database, to);
}
