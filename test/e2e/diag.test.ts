import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { truthLines } from '../harness/compare/truth-source.ts';

/** The library that the command packs with. */
const { resolve } = createRequire(join(import.meta.dirname, '../../packages/cli/package.json'));

interface Packed {
  readonly name: string;
  readonly mode: number;
  readonly text: string;
}

async function unpacked(file: string): Promise<readonly Packed[]> {
  const { unpackTar } = await import(pathToFileURL(resolve('modern-tar')).href);
  const entries = await unpackTar(gunzipSync(readFileSync(file)));
  const decoder = new TextDecoder();
  return entries.map(({ header, data }: { header: { name: string; mode: number }; data: Uint8Array }) => ({
    name: header.name,
    mode: header.mode,
    text: decoder.decode(data),
  }));
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-diag-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it('collects versions, options, doctor, status and logs for the user alone, without a secret or a telephone number', async () => {
  const folder = newFolder();
  const simulator = await startSimulator({ contacts: 30 });
  onTestFinished(() => simulator.close());
  const { campaign, token, url } = simulator;
  const logs = join(folder, 'logs');
  writeFileSync(join(folder, 'url'), `sqlite:${join(folder, 'copy.db')}\n`, { mode: 0o600 });
  const given = ['--campaign', campaign, '--token', token, '--api-url', url, '--log-dir', logs];
  const target = ['--url-file', join(folder, 'url'), '--proxy', ''];
  using copying = runCommand(['--mode', 'db_init', '--log-level', 'debug', ...given, ...target]);
  expect(await copying.ended, copying.stdout()).toBe(0);

  const persons: string[] = [];
  for await (const line of truthLines(`${url}/__truth`)) {
    if (line.table !== 'contacts') continue;
    const { values } = line;
    for (const field of ['$phone', 'mobile', 'street'])
      if (typeof values[field] === 'string') persons.push(values[field]);
  }
  const [phone = '', name = ''] = [persons.find((text) => text.startsWith('+')), 'Jane Canary-Name'];
  // Errors of drivers may repeat all that they were given.
  const leaks = [
    `2026-03-02T08:00:00.000Z ERROR    login mysql://dbsync:CANARY-PASSWORD@db/calls failed for ${phone}`,
    `2026-03-02T08:00:00.000Z ERROR    Authorization: Bearer ${token}`,
    '2026-03-02T08:00:00.000Z ERROR    Authorization: Bearer CANARY-OTHER-TOKEN, secret=CANARY-SECRET whsec_CANARYCANARY',
    `2026-03-02T08:00:00.000Z ERROR    Duplicate entry '${name}' for key 'name'`,
    `2026-03-02T08:00:00.000Z ERROR    Key (name)=(${name}) already exists`,
    '2026-03-02T08:00:00.000Z ERROR    contact 3HN9KDGRSTZVRAYQ was refused',
  ].join('\n');
  mkdirSync(logs, { recursive: true });
  appendFileSync(join(logs, `${campaign}_db_sync_2026-03-02T08-00-00Z.log`), `${leaks}\n`);
  writeFileSync(join(logs, 'OTHER_db_sync_2026-03-02T08-00-00Z.log'), 'of another campaign\n');

  const file = join(folder, 'diag.tar.gz');
  using run = runCommand(['diag', '--json', '--diag-file', file, ...given, ...target]);
  expect(await run.ended, run.stdout()).toBe(0);
  expect(JSON.parse(run.stdout())).toMatchObject({ type: 'diag', file, bytes: statSync(file).size });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const files = await unpacked(file);
  expect(files.map((each) => each.mode)).toEqual(files.map(() => 0o600));
  const names = files.map((each) => each.name);
  for (const part of ['versions.txt', 'options.txt', 'doctor.txt', 'status.txt']) {
    expect(names).toContain(`dbsync-diag/${part}`);
  }
  expect(names.filter((each) => each.includes('/logs/')).length).toBe(2);
  const all = files.map(({ name, text }) => `${name}\n${text}`).join('\n');
  for (const kept of ['3HN9KDGRSTZVRAYQ', 'No failures', 'Node.js ', `--campaign ${campaign}`, 'Exit code: 0']) {
    expect(all).toContain(kept);
  }
  expect(persons.length).toBeGreaterThan(30);
  for (const secret of [...persons, name, token, 'CANARY', 'of another campaign']) expect(all).not.toContain(secret);
});

it('shows of an address no more than its host, and makes the archive though everything fails', async () => {
  const folder = newFolder();
  const file = join(folder, 'diag.tar.gz');
  const url = 'postgres://dbsync:CANARY-P@ss/w#rd@127.0.0.1:1/calls?password=CANARY-QUERY';
  const webhook = ['--webhook-header', 'x-key: CANARY-HEADER', '--proxy', 'http://user:CANARY-PROXY@127.0.0.1:1'];
  using run = runCommand([
    'diag',
    '--diag-file',
    file,
    '--token',
    'CANARY-TOKEN',
    '--campaign',
    'C',
    '--url',
    url,
    ...webhook,
  ]);
  expect(await run.ended, run.stdout()).toBe(0);
  expect(run.stdout()).toContain('Look at it before you send it.');
  const all = (await unpacked(file)).map(({ text }) => text).join('\n');
  expect(all).toContain('--url postgres://127.0.0.1:1/...');
  expect(all).not.toContain('CANARY');
  expect(run.stdout()).not.toContain('CANARY');

  using again = runCommand(['diag', '--diag-file', file]);
  expect(await again.ended).toBe(3);
  expect(again.stdout()).toContain('CLI_DIAG_UNWRITABLE');
  expect(existsSync(file)).toBe(true);
});
