import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type LogRetention, removeOldLogs } from './old-logs.js';

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2024-03-01T00:00:00Z');
const root = mkdtempSync(join(tmpdir(), 'dbsync-old-logs-'));
afterAll(() => rmSync(root, { recursive: true }));

const BEGUN = '2024-01-31T12:00:00.000Z NOTICE   webhook of campaign C into http://h starts (x)\n';
const FAILED = '2024-01-31T12:00:00.000Z CRITICAL CLI_OPTION_VALUE: soon\n';

/** Makes a log of each text, a day apart, the last one a day old. */
function folderOf(...texts: readonly string[]): string {
  const folder = mkdtempSync(join(root, 'logs-'));
  for (const [nr, text] of texts.entries()) {
    const path = join(folder, nameOf(nr + 1));
    writeFileSync(path, text);
    const changedAt = new Date(NOW_MS - (texts.length - nr) * DAY_MS);
    utimesSync(path, changedAt, changedAt);
  }
  return folder;
}

function nameOf(day: number): string {
  return `C_webhook_2024-02-${String(day).padStart(2, '0')}T00-00-00Z.log`;
}

/** Returns the days of the logs that stay, without the run's own. */
function staying(folder: string, limits: Partial<LogRetention>): readonly string[] {
  const own = join(folder, nameOf(29));
  writeFileSync(own, '');
  const retention = { maxAgeMs: 90 * DAY_MS, maxFiles: 100, maxBytes: 1e9, ...limits };
  expect(removeOldLogs({ campaign: 'C', mode: 'webhook' }, own, retention, NOW_MS)).toBeNull();
  return readdirSync(folder)
    .flatMap((file) => /02-(\d\d)T/.exec(file)?.[1] ?? [])
    .filter((day) => day !== '29');
}

it('removes logs that are too old, too many or too large in all, the oldest first', () => {
  const five = () => folderOf(BEGUN, BEGUN, BEGUN, BEGUN, BEGUN);
  expect(staying(five(), {})).toEqual(['01', '02', '03', '04', '05']);
  expect(staying(five(), { maxAgeMs: 2.5 * DAY_MS })).toEqual(['04', '05']);
  expect(staying(five(), { maxFiles: 3 })).toEqual(['03', '04', '05']);
  expect(staying(five(), { maxBytes: BEGUN.length * 4 })).toEqual(['02', '03', '04', '05']);
});

it('removes what was set aside of a log with it, and nothing else', () => {
  const folder = folderOf(BEGUN, BEGUN);
  for (const other of [
    `${nameOf(1)}.1`,
    'C_db_sync_2024-02-01T00-00-00Z.log',
    'D_webhook_2024-02-01T00-00-00Z.log',
    'notes.log',
  ]) {
    writeFileSync(join(folder, other), '');
  }
  staying(folder, { maxFiles: 1 });
  expect(readdirSync(folder).sort()).toEqual([
    'C_db_sync_2024-02-01T00-00-00Z.log',
    nameOf(2),
    nameOf(29),
    'D_webhook_2024-02-01T00-00-00Z.log',
    'notes.log',
  ]);
});

it('R28 keeps the newest log of a run that had a state, in a loop of failed starts too', () => {
  expect(staying(folderOf(BEGUN, BEGUN, FAILED, FAILED, FAILED), { maxFiles: 2 })).toEqual(['02', '04', '05']);
});
