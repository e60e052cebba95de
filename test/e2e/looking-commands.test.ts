import { existsSync, mkdirSync, mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOutbox } from '@dbsync/core';
import { expect, it } from 'vitest';
import { runHere } from '../harness/command/command-here.ts';
import { runCommand } from '../harness/command/command-run.ts';

const URL = 'http://127.0.0.1:9/hook';
const LOOKS = [['deliveries'], ['deliveries', 'show', '--all'], ['dead-letters', 'list'], ['status']] as const;

it('commands that look at an outbox open it read-only: they make no file, and change none', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-look-'));
  const file = join(folder.path, 'CAMPAIGN.sqlite');
  const { signal } = new AbortController();
  const { store } = createOutbox({ file, campaign: 'CAMPAIGN', ballastBytes: 0 });
  await store.open({ signal });
  const answer = await store.claim('CAMPAIGN', '', {
    leaseMs: 60_000,
    process: { host: 'a', pid: 1, bootId: 'b', startedAt: '1' },
    signal,
  });
  if (answer.granted) await store.release(answer.claim, { signal });
  await store.close();
  const contents = () => readdirSync(folder.path).map((name) => [name, readFileSync(join(folder.path, name), 'hex')]);
  const before = contents();
  const options = { DBSYNC_CAMPAIGN: 'CAMPAIGN', DBSYNC_URL: URL, DBSYNC_STATE_DIR: folder.path };
  for (const command of LOOKS) {
    const { stdout } = await runHere(command, options);
    expect(stdout, command.join(' ')).not.toMatch(/OUTBOX_|CLI_/);
    expect(contents(), command.join(' ')).toEqual(before);
  }
});

it('commands that look at an outbox make no folder where there is none', async () => {
  for (const command of LOOKS) {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-look-'));
    const state = join(folder.path, 'state');
    using run = runCommand(command, { DBSYNC_CAMPAIGN: 'CAMPAIGN', DBSYNC_URL: URL, XDG_STATE_HOME: state });
    expect(await run.ended, run.stdout()).toBe(2);
    expect(run.stdout() + run.stderr()).toContain('OUTBOX_STATE_MISSING');
    expect(existsSync(state)).toBe(false);
  }
});

it('reports mask a secret that would be broken over two lines', async () => {
  const token = 'Abc7-'.repeat(14);
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-look-'));
  const plugins = join(folder.path, 'plugins');
  const broken = join(plugins, 'node_modules', `dbsync-sink-${token.toLowerCase()}`);
  mkdirSync(broken, { recursive: true });
  writeFileSync(join(broken, 'package.json'), '{"name":"x","keywords":["dbsync-sink"],"dbsync":{}}');
  const options = {
    DBSYNC_CAMPAIGN: 'CAMPAIGN',
    DBSYNC_TOKEN: token.toLowerCase(),
    DBSYNC_URL: URL,
    DBSYNC_STATE_DIR: join(folder.path, token.toLowerCase()),
    DBSYNC_PLUGIN_DIR: plugins,
  };
  for (const command of ['plan', 'doctor', 'plugins list']) {
    const argv = [
      ...command.split(' '),
      ...(command === 'doctor' ? ['--no-sample', '--api-url', 'http://127.0.0.1:9'] : []),
    ];
    const { stdout } = await runHere(argv, options);
    expect(stdout.replaceAll(/\s/g, ''), command).not.toContain('abc7-abc7');
    expect(stdout, command).toContain('***');
  }
});
