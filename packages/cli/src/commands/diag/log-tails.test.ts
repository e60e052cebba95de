import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { logTails } from './log-tails.js';

const TIME = '2026-03-02T08-00-00Z';
const OF_A = [`A_db_sync_${TIME}.log`, `A_webhook@crm.example.com_${TIME}-1.log`, `A_db_init_${TIME}.log.1`];
const OF_OTHERS = [`A_B_db_sync_${TIME}.log`, `B_db_update_${TIME}.log`];
const OF_OTHER_PROGRAMS = ['A_secrets.log', 'auth.log', `A_db_sync_${TIME}.log.2`, `db_sync_${TIME}.log`];

it.each([
  ['A', OF_A],
  [undefined, [...OF_A, ...OF_OTHERS]],
])('takes the logs of a campaign, or of dbsync, and no other file (campaign %s)', (campaign, expected) => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-log-tails-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of [...OF_A, ...OF_OTHERS, ...OF_OTHER_PROGRAMS]) writeFileSync(join(folder, name), 'a line\n');
  const names = logTails([folder], campaign).map(({ name }) => name);
  expect(names.toSorted()).toEqual(expected.toSorted());
});

it('says of a link to itself that it cannot be read, and takes the other logs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-log-tails-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [log = '', loop = ''] = OF_A;
  writeFileSync(join(folder, log), 'a line\n');
  symlinkSync(loop, join(folder, loop));
  expect(logTails([folder], 'A').toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: log, text: 'a line\n' },
    { name: loop, text: expect.stringContaining('It cannot be read: ELOOP') },
  ]);
});
