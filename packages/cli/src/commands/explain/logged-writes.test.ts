import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readLoggedWrites } from './logged-writes.js';

const { signal } = new AbortController();
const OLD = 'CAMPAIGN_db_init_2026-03-01T08-00-00Z.log';
const NEW = 'CAMPAIGN_db_sync_2026-03-02T08-00-00Z.log';

function logs(files: Readonly<Record<string, readonly string[]>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-logs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, lines] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(path, `${lines.join('\n')}\n`);
    const [, day] = /_(\d{4}-\d\d-\d\d)T/.exec(name) ?? [];
    utimesSync(path, new Date(`${day}T10:00:00Z`), new Date(`${day}T10:00:00Z`));
  }
  return folder;
}

it('finds the last line that names the contact as written, in the newest log that has one', async () => {
  const folder = logs({
    [OLD]: [
      '2026-03-01T08:00:01.000Z DEBUG    Written: A1, B2',
      '2026-03-01T09:00:01.000Z DEBUG    Written: A1',
      '2026-03-01T09:00:02.000Z INFO     Written: not A1 of a quote',
    ],
    [NEW]: ['2026-03-02T08:00:01.000Z DEBUG    Written: B2, A10'],
    'OTHER_db_sync_2026-03-03T08-00-00Z.log': ['2026-03-03T08:00:01.000Z DEBUG    Written: A1'],
  });
  expect(await readLoggedWrites('CAMPAIGN', 'A1', folder, '2026-03-01T09:00:00.000Z', signal)).toEqual({
    last: { what: 'written', at: '2026-03-01T09:00:01.000Z', file: join(folder, OLD), mode: 'db_init' },
    runningThen: [join(folder, OLD)],
    read: 2,
    logs: 2,
  });
});

it('finds the line of a removal, and a log that was set aside when it had grown', async () => {
  const folder = logs({
    [`${NEW}.1`]: [
      '2026-03-02T08:00:01.000Z DEBUG    Written: A1',
      '2026-03-02T09:00:01.000Z DEBUG    CONTACTS_REMOVED: Contact A1 was removed: the campaign no longer has it.',
    ],
  });
  const { last } = await readLoggedWrites('CAMPAIGN', 'A1', folder, null, signal);
  expect(last).toMatchObject({ what: 'removed', at: '2026-03-02T09:00:01.000Z', mode: 'db_sync' });
});

it('tells that no log names the contact, also where there is no folder', async () => {
  const folder = logs({ [NEW]: ['2026-03-02T08:00:01.000Z INFO     Cycle: 1 contact'] });
  const nothing = { last: null, runningThen: [] };
  expect(await readLoggedWrites('CAMPAIGN', 'A1', folder, null, signal)).toEqual({ ...nothing, read: 1, logs: 1 });
  expect(await readLoggedWrites('CAMPAIGN', 'A1', join(folder, 'none'), null, signal)).toEqual({
    ...nothing,
    read: 0,
    logs: 0,
  });
});

it('passes over a pipe, which would never end, a broken link, and the log of webhook mode', async () => {
  const webhook = 'CAMPAIGN_webhook_2026-03-03T08-00-00Z.log';
  const folder = logs({
    [NEW]: ['2026-03-02T08:00:01.000Z DEBUG    Written: A1'],
    [webhook]: ['2026-03-03T08:00:01.000Z DEBUG    Written: A1'],
  });
  execFileSync('mkfifo', [join(folder, 'CAMPAIGN_db_sync_2026-03-04T08-00-00Z.log')]);
  symlinkSync(join(folder, 'none'), join(folder, 'CAMPAIGN_db_sync_2026-03-05T08-00-00Z.log'));
  const found = await readLoggedWrites('CAMPAIGN', 'A1', folder, '2026-03-03T09:00:00.000Z', signal);
  expect(found).toMatchObject({ last: { file: join(folder, NEW) }, runningThen: [], read: 1, logs: 1 });
});

it('goes on after a line of megabytes, of which it keeps the beginning', async () => {
  const folder = logs({
    [NEW]: [`2026-03-02T08:00:01.000Z DEBUG    Written: A1, ${'B2, '.repeat(500_000)}C3`, 'an end'],
  });
  const found = (id: string) => readLoggedWrites('CAMPAIGN', id, folder, null, signal);
  expect(await found('A1')).toMatchObject({ last: { what: 'written' } });
  expect(await found('C3')).toMatchObject({ last: null });
});

it('ends at a stop signal', async () => {
  const folder = logs({ [NEW]: ['2026-03-02T08:00:01.000Z DEBUG    Written: A1'] });
  const stopped = AbortSignal.abort(new Error('stopped'));
  await expect(readLoggedWrites('CAMPAIGN', 'A1', folder, null, stopped)).rejects.toThrow('stopped');
});
