import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type FolderFacts, folderFacts } from './folder-facts.js';
import { type MachineFacts, machineFindings, warningFinding } from './machine-checks.js';

const folder: FolderFacts = { folder: '/var/log/dbsync', exists: true, refusal: null, freeBytes: 10 * 1024 ** 3 };
const good: MachineFacts = { nodeVersion: '24.21.0', logs: folder, areLogsNamed: false, state: null };
const amiss = (facts: Partial<MachineFacts>) =>
  machineFindings({ ...good, ...facts })
    .filter(({ level }) => level !== 'pass')
    .map(({ check, level, remedy }) => ({ check, level, remedy }));

it('finds nothing amiss with a machine that has all', () => {
  expect(amiss({})).toEqual([]);
});

it('names a Node.js that is too old', () => {
  expect(amiss({ nodeVersion: '22.9.0' })).toEqual([
    { check: 'node', level: 'fail', remedy: expect.stringContaining('nodejs.org') },
  ]);
});

it('warns of a Node.js that knows no proxies', () => {
  expect(amiss({ nodeVersion: '24.4.1' })).toMatchObject([{ check: 'node', level: 'warn' }]);
  expect(amiss({ nodeVersion: '25.0.0' })).toEqual([]);
});

it.each([
  [true, 'fail'],
  [false, 'warn'],
] as const)('names a folder of logs that takes no files (named by an option: %j)', (areLogsNamed, level) => {
  const remedy = expect.stringMatching(/^mkdir -p \/var\/log\/dbsync && chown \d+ \/var\/log\/dbsync$/);
  expect(amiss({ logs: { ...folder, refusal: 'EACCES' }, areLogsNamed })).toEqual([
    { check: 'log-folder', level, remedy },
  ]);
});

it('quotes the folder in the commands for it', () => {
  const odd = { ...folder, folder: '/logs/$(id)', freeBytes: 1 };
  expect(amiss({ logs: odd })).toMatchObject([{ remedy: "df -h '/logs/$(id)'; du -sh '/logs/$(id)'" }]);
  const remedy = expect.stringMatching(/^mkdir -p '\/logs\/\$\(id\)' && chown \d+ '/);
  expect(amiss({ logs: { ...odd, refusal: 'EACCES' } })).toMatchObject([{ remedy }]);
});

it('names a folder of the state that takes no files', () => {
  expect(amiss({ state: { ...folder, refusal: 'EROFS' } })).toMatchObject([{ check: 'state-folder', level: 'fail' }]);
});

it('names disks that are nearly full, and those whose room is not known', () => {
  expect(amiss({ logs: { ...folder, freeBytes: 1024 ** 2 } })).toMatchObject([{ check: 'disk', level: 'warn' }]);
  expect(amiss({ state: { ...folder, freeBytes: null } })).toMatchObject([{ check: 'disk', level: 'not-checked' }]);
});

it('gives the warnings of a start with the command that ends them', () => {
  const what = 'Other users of this machine may write to the folder of logs.';
  const warnings = [
    { code: 'CLI_FOLDER_EXPOSED', what, remedy: 'chmod go-w /logs' },
    { code: 'CLI_DEBUGGER_OPEN', what: 'The debugger is open.', remedy: null },
  ] as const;
  expect(warnings.map(warningFinding)).toMatchObject([
    { check: 'folder-permissions', level: 'warn', remedy: 'chmod go-w /logs' },
    { check: 'debugger', level: 'warn', remedy: 'Leave the option out.' },
  ]);
});

it('finds the first folder that takes files, and makes none', () => {
  const root = mkdtempSync(join(tmpdir(), 'dbsync-folders-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'file'), '');
  mkdirSync(join(root, 'there'));
  const within = (...names: readonly string[]) => folderFacts(names.map((name) => join(root, name)));
  expect(within('file/below', 'new/below')).toMatchObject({
    folder: join(root, 'new/below'),
    exists: false,
    refusal: null,
  });
  expect(within('there', 'new')).toMatchObject({ folder: join(root, 'there'), exists: true, refusal: null });
  expect(within('file/below')).toMatchObject({ exists: false, refusal: 'ENOTDIR' });
  expect(within()).toBe(null);
  expect(folderFacts([root])?.freeBytes).toBeGreaterThan(0);
});
