import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SinkNotice } from '@dbsync/core/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSecretFile } from './secret-file.js';

const [OLD, NEW] = [secretOf('o', 24), secretOf('n', 64)];

let folder: string;
let file: string;
let notices: SinkNotice[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dbsync-secrets-'));
  file = join(folder, 'secrets');
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function secretOf(letter: string, bytes: number): string {
  return `whsec_${Buffer.from(letter.repeat(bytes)).toString('base64')}`;
}

function write(text: string, mode = 0o600): void {
  writeFileSync(`${file}.new`, text, { mode });
  chmodSync(`${file}.new`, mode);
  renameSync(`${file}.new`, file);
}

async function open(recheckMs = 0) {
  const secrets = await openSecretFile(file, (notice) => notices.push(notice), recheckMs);
  return async () => (await secrets.current()).map((secret) => `whsec_${secret.export().toString('base64')}`);
}

it('reads a secret a line, comments and blank lines apart', async () => {
  write(`# ours\r\n ${OLD}\r\n\n${NEW}`);
  expect(await (await open())()).toEqual([OLD, NEW]);
  expect(notices).toEqual([]);
});

it.each([
  ['nothing', '# nothing\n'],
  ['another kind of key', 'whsk_aHVudGVyMg=='],
  ['no prefix', OLD.slice('whsec_'.length)],
  ['too few bytes', secretOf('hunter', 2)],
  ['too many bytes', secretOf('hunter', 20)],
  ['what is no base64', 'whsec_hunter2 hunter2 hunter2 hunter2 hunter2'],
  ['a bad line behind a good one', `${OLD}\nhunter2`],
])('refuses a file with %s, and says how one is made', async (_, text) => {
  write(text);
  await expect(open()).rejects.toMatchObject({ code: 'WEBHOOK_SECRETS_INVALID', verdict: 'fatal' });
  await expect(open()).rejects.toThrow('openssl rand -base64 32');
  await expect(open()).rejects.not.toThrow('hunter');
});

it('refuses a file that is not there', async () => {
  await expect(open()).rejects.toMatchObject({ code: 'WEBHOOK_SECRETS_INVALID', verdict: 'fatal' });
});

it.each([0o640, 0o604])('warns when others may read it (%o)', async (mode) => {
  write(OLD, mode);
  await open();
  expect(notices).toMatchObject([
    { level: 'warn', code: 'WEBHOOK_SECRETS_EXPOSED', message: expect.stringContaining('chmod 600') },
  ]);
});

it('reads a changed file again, and says so', async () => {
  write(OLD);
  const current = await open();
  expect(await current()).toEqual([OLD]);
  write(`${OLD}\n${NEW}`);
  expect(await current()).toEqual([OLD, NEW]);
  expect(await current()).toEqual([OLD, NEW]);
  expect(notices).toMatchObject([
    {
      level: 'info',
      code: 'WEBHOOK_SECRETS_CHANGED',
      message: `Deliveries are signed with the 2 secrets that ${file} holds.`,
    },
  ]);
});

it('keeps the secrets that it has when the file cannot be used any more, and says so once', async () => {
  write(OLD);
  const current = await open();
  rmSync(file);
  expect(await current()).toEqual([OLD]);
  expect(await current()).toEqual([OLD]);
  write('hunter2');
  expect(await current()).toEqual([OLD]);
  expect(notices.map(({ code }) => code)).toEqual(['WEBHOOK_SECRETS_KEPT', 'WEBHOOK_SECRETS_KEPT']);
  expect(JSON.stringify(notices)).not.toContain('hunter');
  write(NEW);
  expect(await current()).toEqual([NEW]);
});

it('does not look at the file for each delivery', async () => {
  write(OLD);
  const current = await open(3_600_000);
  write(NEW);
  expect(await current()).toEqual([OLD]);
});
