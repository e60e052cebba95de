import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { openStateFile } from './file/state-file.js';
import { lookAtOutbox } from './look-at-outbox.js';

it('refuses the files that a start refuses, with the code of the start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-look-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const newer = join(folder, 'newer.sqlite');
  openStateFile(newer, 'create').close();
  expect(lookAtOutbox(newer, 'CAMPAIGN')).toMatchObject({ campaign: null, messages: 0 });
  {
    using db = new DatabaseSync(newer);
    db.exec('PRAGMA user_version = 99');
  }
  expect(() => lookAtOutbox(newer, 'CAMPAIGN')).toThrow(expect.objectContaining({ code: 'OUTBOX_VERSION_NEWER' }));

  const letter = join(folder, 'letter.sqlite');
  writeFileSync(letter, 'a letter to a friend, and long enough that it fills the head of a file'.repeat(9));
  expect(() => lookAtOutbox(letter, 'CAMPAIGN')).toThrow(expect.objectContaining({ code: 'OUTBOX_DAMAGED' }));

  const other = join(folder, 'other.sqlite');
  {
    using db = new DatabaseSync(other);
    db.exec('CREATE TABLE other (id)');
  }
  expect(() => lookAtOutbox(other, 'CAMPAIGN')).toThrow(expect.objectContaining({ code: 'OUTBOX_DAMAGED' }));
});
