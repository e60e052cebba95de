import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeadLetter } from '@dbsync/core/contract';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHere } from '../../../../test/harness/command/command-here.ts';
import { runCommand } from '../../../../test/harness/command/command-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'dbsync-letters-'));
let simulator: Simulator;

function variables() {
  return {
    DBSYNC_CAMPAIGN: simulator.campaign,
    DBSYNC_URL: `sqlite:${join(folder, 'copy.db')}`,
    DBSYNC_TOKEN: simulator.token,
    DBSYNC_API_URL: simulator.url,
    DBSYNC_INTERVAL: '1',
  };
}

async function answer(...argv: readonly string[]): Promise<string> {
  const { code, stdout } = await runHere(['dead-letters', ...argv], variables());
  expect(code, stdout).toBe(0);
  return stdout;
}

async function letters(): Promise<readonly DeadLetter[]> {
  const text = await answer('list', '--json');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

beforeAll(async () => {
  simulator = await startSimulator({ contacts: 200, hostileEvery: 10 });
  const { code, stdout } = await runHere(['--mode', 'db_init'], variables());
  expect(code, stdout).toBe(0);
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

describe('dead-letters', () => {
  it('lists all of the campaign, one a line', async () => {
    const all = await letters();
    expect(all.length).toBeGreaterThan(3);
    const lines = (await answer('list')).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^KEY +KIND +CONTACT +CODE/);
    expect(lines.slice(2, -1).map((line) => line.slice(0, 12))).toEqual(all.map(({ key }) => key.slice(0, 12)));
    expect(lines.at(-1)).toMatch(
      new RegExp(`^${all.length} dead letters of campaign ${simulator.campaign} in sqlite:.+\\.$`),
    );
  });

  it('shows one by the first letters of its key', async () => {
    const [first] = await letters();
    const { key = '', reason = '', body = '' } = first ?? {};
    const text = await answer('show', key.slice(0, 8));
    expect(text).toContain(`key      ${key}\n`);
    expect(text).toContain(reason);
    expect(text).toContain(`body     ${body}`);
    expect(JSON.parse(await answer('show', key, '--json'))).toEqual(first);
  });

  it.each([
    ['nothing-like-it', 'No dead letter has the key nothing-like-it.'],
    ['', 'dead letters have a key that begins with .'],
  ])('refuses %j, which names none or several', async (key, message) => {
    using run = runCommand(['dead-letters', 'show', key], variables());
    expect(await run.ended).toBe(2);
    expect(run.stdout()).toContain(message);
  });

  it('leaves a drop to the process that holds the campaign', async () => {
    const before = await letters();
    const dropped = before.find(({ contactId }) => contactId !== null)?.key ?? '';
    expect(await answer('drop', dropped)).toContain('Requested: the drop of 1 dead letter.');
    expect(await letters()).toEqual(before);

    using daemon = runCommand(['--mode', 'db_sync', '--json'], variables());
    await daemon.printed('"type":"cycle"');
    daemon.child.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
    expect((await letters()).map(({ key }) => key)).not.toContain(dropped);
  });

  it('leaves a replay to it too: the contacts are fetched again', async () => {
    const requested = await answer('replay', '--all', '--json');
    const keys = (await letters()).map(({ key }) => key);
    const lines = requested.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      keys.map((key) => ({ type: 'requested', kind: 'replay', key })),
    );

    const bodiesBefore = simulator.requests.bodies;
    using daemon = runCommand(['--mode', 'db_sync', '--json'], variables());
    await daemon.printed('"type":"cycle"');
    daemon.child.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
    expect(simulator.requests.bodies).toBeGreaterThan(bodiesBefore);
  });
});
