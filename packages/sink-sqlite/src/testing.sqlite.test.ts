import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { sqliteTarget } from '../../../test/harness/sqlite-subject.ts';
import { createTestTargets } from './testing.js';

const options = { signal: new AbortController().signal };

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-sqlite-testing-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'copy.db');
}

function makeTable(file: string): void {
  const database = new DatabaseSync(file);
  database.exec('create table customers (name text)');
  database.close();
}

it('removes the file that it made', async () => {
  const file = newFile();
  const targets = createTestTargets(sqliteTarget(file));
  const place = await targets.createPlace(1, options);
  await place.remove();
  expect(existsSync(file)).toBe(true);
  await targets.close();
  expect(existsSync(file)).toBe(false);
});

it('leaves a file that appears before the first place', async () => {
  const file = newFile();
  const targets = createTestTargets(sqliteTarget(file));
  makeTable(file);
  expect(await targets.contents(options)).toEqual(['customers']);
  await targets.close();
  expect(existsSync(file)).toBe(true);
});

it('leaves a file in which a table is left', async () => {
  const file = newFile();
  const targets = createTestTargets(sqliteTarget(file));
  const place = await targets.createPlace(1, options);
  makeTable(file);
  await place.remove();
  await targets.close();
  expect(existsSync(file)).toBe(true);
});
