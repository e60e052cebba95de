import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openLogFile } from './log-file.js';

const folder = mkdtempSync(join(tmpdir(), 'dbsync-logs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const name = { campaign: 'CAMPAIGN', mode: 'db_sync', startedAt: new Date('2024-01-31T12:00:00.500Z') };

it('is named after campaign, mode and time, in a folder that it makes, for its owner alone', () => {
  const log = openLogFile(name, join(folder, 'a', 'b'));
  expect(log?.path).toBe(join(folder, 'a', 'b', 'CAMPAIGN_db_sync_2024-01-31T12-00-00Z.log'));
  expect(statSync(log?.path ?? '').mode & 0o777).toBe(0o600);
  log?.close();
});

it.runIf(process.platform !== 'win32')('is open to its group where an option says so, also after it grew', () => {
  const before = process.umask(0o077);
  try {
    const log = openLogFile(name, join(folder, 'shipped'), { mode: 0o640, maxBytes: 1 });
    for (const line of ['one', 'two']) log?.append(line);
    log?.close();
    for (const path of [log?.path ?? '', `${log?.path}.1`]) expect(statSync(path).mode & 0o777).toBe(0o640);
  } finally {
    process.umask(before);
  }
});

it('ends where no folder can be made', () => {
  for (const [logFolder, reason] of [
    ['/proc/dbsync/logs', 'ENOENT'],
    [join(import.meta.filename, 'logs'), 'ENOTDIR'],
  ] as const) {
    const message = `No log file can be opened in ${logFolder} (${reason}).`;
    expect(() => openLogFile(name, logFolder)).toThrow(
      expect.objectContaining({ code: 'CLI_LOG_DIR_UNWRITABLE', message }),
    );
  }
});

it('holds every line at once, in a file of its own, also of two runs that began in one second', () => {
  const log = openLogFile(name, join(folder, 'lines'));
  log?.append('one');
  expect(readFileSync(log?.path ?? '', 'utf8')).toBe('one\n');
  log?.close();
  const again = openLogFile(name, join(folder, 'lines'));
  again?.append('two');
  again?.close();
  expect(readFileSync(again?.path ?? '', 'utf8')).toBe('two\n');
  expect(readFileSync(log?.path ?? '', 'utf8')).toBe('one\n');
});

it('follows no link that another user has put in its place', () => {
  const logs = join(folder, 'links');
  const victim = join(folder, 'victim');
  mkdirSync(logs);
  for (const target of [victim, join(folder, 'missing')]) {
    rmSync(join(logs, 'CAMPAIGN_db_sync_2024-01-31T12-00-00Z.log'), { force: true });
    writeFileSync(victim, '');
    symlinkSync(target, join(logs, 'CAMPAIGN_db_sync_2024-01-31T12-00-00Z.log'));
    const log = openLogFile(name, logs, { maxBytes: 1 });
    for (const line of ['one', 'two']) log?.append(line);
    log?.close();
    expect(readFileSync(victim, 'utf8')).toBe('');
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  }
});

it('lets no campaign lead out of the folder', () => {
  const log = openLogFile({ ...name, campaign: '../../etc/x y\n' }, join(folder, 'safe'));
  log?.close();
  expect(readdirSync(join(folder, 'safe'))).toEqual(['------etc-x-y-_db_sync_2024-01-31T12-00-00Z.log']);
});

it('keeps two files of limited size', () => {
  const log = openLogFile(name, join(folder, 'full'), { maxBytes: 10 });
  for (let line = 0; line < 10; line++) log?.append(`line ${line}`);
  log?.close();
  expect(readFileSync(log?.path ?? '', 'utf8')).toBe('line 8\nline 9\n');
  expect(readFileSync(`${log?.path}.1`, 'utf8')).toBe('line 6\nline 7\n');
  expect(existsSync(`${log?.path}.2`)).toBe(false);
});

it('refuses a folder that was named and takes no file', () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  expect(() => openLogFile(name, blocked)).toThrow(
    expect.objectContaining({ code: 'CLI_LOG_DIR_UNWRITABLE', exit: 3 }),
  );
});
