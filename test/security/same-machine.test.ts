import {
  chmodSync,
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
import { DatabaseSync } from 'node:sqlite';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDbsync } from '../harness/dbsync-child.ts';
import { listeningPorts } from './listening-ports.ts';
import { createSpyingPlugin } from './spying-plugin.ts';

const TOKEN = 'canary-token-1';

let folder: string;
let simulator: Simulator;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dbsync-same-machine-'));
  simulator = await startSimulator({ contacts: 20, token: TOKEN });
});
afterEach(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

const runOptions = () => ({
  campaign: simulator.campaign,
  'api-url': simulator.url,
  'log-dir': join(folder, 'logs'),
  url: `sqlite:${join(folder, 'copy.db')}`,
});

function start(options: Readonly<Record<string, string | number | true>>, variables: NodeJS.ProcessEnv = {}) {
  return startDbsync({ ...runOptions(), token: TOKEN, ...options }, variables);
}

describe.runIf(process.platform === 'linux')('a user of the same machine', () => {
  it('opens no debugger by SIGUSR1, and dbsync goes on', async () => {
    const child = start({ mode: 'db_sync', interval: 1 });
    await child.next(({ type }) => type === 'cycle');
    child.kill('SIGUSR1');
    await child.next(({ type }) => type === 'cycle');
    expect(child.output()).not.toContain('Debugger');
    expect(listeningPorts(child.process.pid ?? 0)).toEqual([]);
    child.kill('SIGTERM');
    expect(await child.ended).toBe(0);
  });

  it('finds a debugger closed again that a signal opened in the first moment of a start', async () => {
    const early = "--import=data:text/javascript,process.kill(process.pid,'SIGUSR1') --inspect-port=0";
    const child = start({ mode: 'db_sync', interval: 1 }, { NODE_OPTIONS: early });
    for (let cycle = 0; cycle < 2; cycle++) await child.next(({ type }) => type === 'cycle');
    expect(listeningPorts(child.process.pid ?? 0)).toEqual([]);
    child.kill('SIGTERM');
    expect(await child.ended).toBe(0);
  });

  it('is named as a danger where the user of dbsync wants the debugger', async () => {
    const child = start({ mode: 'db_sync' }, { NODE_OPTIONS: '--inspect=127.0.0.1:0' });
    await child.next(({ code }) => code === 'CLI_DEBUGGER_OPEN');
    child.kill('SIGTERM');
    expect(await child.ended).toBe(0);
  });

  it('reads no secret in the process list, and no child of dbsync inherits one', async () => {
    const plugin = createSpyingPlugin(folder);
    const secrets = {
      DBSYNC_SPY_KEY: 'canary-key-2',
      DBSYNC_URL: 'spy://user:canary-password-3@host',
      HTTPS_PROXY: 'http://user:canary-proxy-4@proxy.example:3128',
      NODE_OPTIONS: '--report-uncaught-exception',
    };
    const { url: _, ...rest } = runOptions();
    const child = startDbsync({ ...rest, mode: 'db_init', token: TOKEN, 'plugin-dir': folder }, secrets);
    await child.ended;
    const sighting = plugin.sighting();
    expect(JSON.stringify(sighting)).not.toContain('canary');
    expect(sighting).toMatchObject({ argv: [expect.any(String), expect.any(String)], writesReports: false });
    expect(sighting.environmentInReport).toBeUndefined();
    expect(child.output()).not.toContain('canary');
  });

  it('reads no file of a copy or a log', async () => {
    const child = start({ mode: 'db_sync', interval: 1 });
    await child.next(({ type }) => type === 'cycle');
    const files = [...filesIn(folder), ...filesIn(join(folder, 'logs'))];
    expect(files.map(({ name }) => name).filter((name) => !name.endsWith('.log'))).toEqual([
      'copy.db',
      'copy.db-shm',
      'copy.db-wal',
    ]);
    expect(new Set(files.map(({ mode }) => mode))).toEqual(new Set(['600']));
    child.kill('SIGTERM');
    expect(await child.ended).toBe(0);
  });

  it('has no file overwritten by a link that stands where a log will be', async () => {
    const victim = join(folder, 'victim');
    const logs = join(folder, 'logs');
    writeFileSync(victim, 'mine');
    mkdirSync(logs);
    for (let second = 0; second < 300; second++) {
      const at = new Date(Date.now() + 1_000 * second)
        .toISOString()
        .replace(/\.\d+Z$/, 'Z')
        .replaceAll(':', '-');
      symlinkSync(victim, join(logs, `${simulator.campaign}_db_init_${at}.log`));
    }
    chmodSync(logs, 0o777);
    const child = start({ mode: 'db_init' });
    expect(await child.ended).toBe(0);
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    expect(child.events).toContainEqual(expect.objectContaining({ level: 'warning', code: 'CLI_FOLDER_EXPOSED' }));
  });

  it('is named as a danger where he may read the token', async () => {
    const [token, url] = [join(folder, 'token'), join(folder, 'url')];
    writeFileSync(token, TOKEN, { mode: 0o644 });
    writeFileSync(url, `sqlite:${join(folder, 'copy.db')}`, { mode: 0o600 });
    const { url: _, ...rest } = runOptions();
    const child = startDbsync({ ...rest, mode: 'db_init', 'token-file': token, 'url-file': url });
    expect(await child.ended).toBe(0);
    const reported = child.events.filter(({ code }) => code === 'CLI_SECRETS_EXPOSED');
    expect(reported).toMatchObject([{ level: 'warning', message: expect.stringContaining(`chmod 600 ${token}`) }]);
  });
});

describe('a command that looks', () => {
  const list = (url: string) => startDbsync({ campaign: 'CAMPAIGN', url }, {}, ['dead-letters', 'list']);

  it('makes no database where there is none', async () => {
    const file = join(folder, 'nothing.db');
    const child = list(`sqlite:${file}`);
    expect(await child.ended).toBe(2);
    expect(child.events).toMatchObject([{ code: 'SQLITE_FILE_MISSING' }]);
    expect(existsSync(file)).toBe(false);
  });

  it('leaves the database of another program as it is', async () => {
    const file = join(folder, 'other.db');
    const other = new DatabaseSync(file);
    other.exec('CREATE TABLE customers (id INTEGER)');
    other.close();
    const before = readFileSync(file);
    const child = list(`sqlite:${file}`);
    expect(await child.ended).toBe(2);
    expect(child.events).toMatchObject([{ code: 'SQL_COPY_MISSING' }]);
    expect(readFileSync(file)).toEqual(before);
  });
});

function filesIn(directory: string): readonly { readonly name: string; readonly mode: string }[] {
  return readdirSync(directory)
    .map((name) => ({ name, stats: statSync(join(directory, name)) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ name, stats }) => ({ name, mode: (stats.mode & 0o777).toString(8) }));
}
