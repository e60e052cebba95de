import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createOutbox } from '@dbsync/core';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { claimOf, never } from '../harness/sqlite-file.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');

function stateFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { folder, file: join(folder, 'C1.sqlite') };
}

/** Makes a state file of the first version, as an upgrade finds it: readable by the group, without a log. */
function firstVersion(file: string): void {
  using db = new DatabaseSync(file);
  db.exec('PRAGMA auto_vacuum = incremental; PRAGMA journal_mode = delete');
  db.exec(readFileSync(join(FIXTURES, 'outbox-1.sql'), 'utf8'));
  chmodSync(file, 0o640);
}

async function currentVersion(file: string, target = 'http://127.0.0.1:1/hook') {
  const { store } = createOutbox({ file, target, ballastBytes: 0 });
  await store.open(never);
  await claimOf(store, { stream: 'C1' });
  await store.close();
}

const traces = (file: string) => ({
  hash: createHash('sha256').update(readFileSync(file)).digest('hex'),
  mode: (statSync(file).mode & 0o777).toString(8),
});

async function findingsOf(folder: string, ...more: readonly string[]) {
  const given = ['--campaign', 'C1', '--mode', 'webhook', '--state-dir', folder, '--no-sample'];
  using run = runCommand(['doctor', '--json', ...given, ...more]);
  await run.ended;
  const { findings } = JSON.parse(run.stdout());
  return findings.filter(({ part }: { readonly part: string }) => part === 'outbox');
}

it('doctor and explain leave a state file of an earlier version as it is', async () => {
  const { folder, file } = stateFolder();
  firstVersion(file);
  const before = traces(file);
  expect(await findingsOf(folder)).toMatchObject([
    {
      check: 'state-file',
      level: 'warn',
      what: expect.stringMatching(/has version 1 .* next start/),
      remedy: expect.any(String),
    },
  ]);
  const access = ['--token', 'T', '--api-url', 'http://127.0.0.1:1', '--url', 'http://127.0.0.1:1/hook'];
  using explain = runCommand([
    'explain',
    'A1',
    '--campaign',
    'C1',
    '--mode',
    'webhook',
    '--state-dir',
    folder,
    ...access,
  ]);
  expect(await explain.ended, explain.stderr()).toBe(3);
  expect(explain.stdout() + explain.stderr()).toContain('OUTBOX_VERSION_OLDER');
  expect(traces(file)).toEqual(before);
});

it('doctor checks a state file while another process writes to it, and commits nothing', async () => {
  const { folder, file } = stateFolder();
  await currentVersion(file);
  using writer = new DatabaseSync(file);
  writer.exec('BEGIN IMMEDIATE');
  const before = traces(file);
  const findings = await findingsOf(folder);
  expect(findings.map(({ level }: { readonly level: string }) => level)).toEqual(['pass', 'pass', 'pass']);
  expect(traces(file)).toEqual(before);
  writer.exec('ROLLBACK');
});

it('doctor fails where a start would be refused: the state was lost, or is that of another receiver', async () => {
  const { folder, file } = stateFolder();
  await currentVersion(file, 'http://127.0.0.1:1/other');
  const url = ['--url', 'http://127.0.0.1:1/hook'];
  expect(await findingsOf(folder, ...url)).toMatchObject([
    {
      level: 'fail',
      what: expect.stringMatching(/^OUTBOX_TARGET_CHANGED: /),
      remedy: expect.stringContaining('--adopt-url'),
    },
  ]);
  rmSync(file);
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  writeFileSync(join(logs, 'C1_webhook_2026-01-01T00-00-00Z.log'), '');
  expect(await findingsOf(folder, ...url, '--log-dir', logs)).toMatchObject([
    { level: 'fail', what: expect.stringMatching(/^OUTBOX_STATE_MISSING: /) },
  ]);
});
