/**
 * Loaded before a command (`--import`): while the file of OPERATIONS_FULL_DISK exists, no batch of rows can be committed, since the
 * disk is full. Heartbeats are smaller, and find room.
 */
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const mark = process.env.OPERATIONS_FULL_DISK ?? '';
const { exec } = DatabaseSync.prototype;

DatabaseSync.prototype.exec = function (text) {
  if (text === 'commit' && existsSync(mark)) failAsFull();
  exec.call(this, text);
};

/** @throws the error of SQLite itself, of a database that cannot grow */
function failAsFull(): void {
  using small = new DatabaseSync(':memory:');
  exec.call(small, 'PRAGMA max_page_count = 1; CREATE TABLE filler (text TEXT); CREATE TABLE one_too_many (text TEXT)');
}
