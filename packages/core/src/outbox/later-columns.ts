import type { DatabaseSync } from 'node:sqlite';

/**
 * Adds the columns that files of earlier versions lack. They need no new version of the file: an earlier dbsync reads and
 * writes on without them. Two processes may come at once: the second one finds the column.
 */
export function addLaterColumns(db: DatabaseSync): void {
  if (hasAllAttempts(db)) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    if (!hasAllAttempts(db)) db.exec('ALTER TABLE messages ADD COLUMN all_attempts INTEGER NOT NULL DEFAULT 0');
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function hasAllAttempts(db: DatabaseSync): boolean {
  return db.prepare("SELECT 1 FROM pragma_table_info('messages') WHERE name = 'all_attempts'").get() !== undefined;
}
