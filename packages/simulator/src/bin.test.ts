import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../bin/dbsync-simulator.js', import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts the command and waits for its line. */
async function start(...args: string[]) {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const exited = once(child, 'exit');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    child,
    exited,
    ...(JSON.parse(line) as { url: string; campaign: string; historyEndMs: number }),
  };
}

describe('dbsync-simulator', () => {
  it('says where it is, serves what the flags say, and ends at SIGTERM', async () => {
    const flags = [
      '--contacts',
      '30',
      '--fields',
      '3',
      '--hostile-every',
      '0',
      '--campaign',
      'MINE',
      '--token',
      'secret',
    ];
    const faults = [
      '--faults',
      '[{"kind":"status","status":503,"endpoint":"contacts"}]',
      '--history-end',
      '2026-01-01',
    ];
    const { child, exited, url, campaign, historyEndMs } = await start(
      ...flags,
      ...faults,
      '--no-gzip',
      '--activity',
      '1',
    );
    expect([campaign, historyEndMs]).toEqual(['MINE', Date.parse('2026-01-01')]);
    const ask = (path: string, method = 'GET') =>
      fetch(`${url}/api/campaigns/MINE/${path}`, { method, headers: { authorization: 'Bearer secret' } });
    const list = await ask('contacts/list');
    expect(list.headers.get('content-encoding')).toBeNull();
    expect(((await list.json()) as { count: number }).count).toBeGreaterThanOrEqual(30);
    expect((await ask('contacts/', 'POST')).status).toBe(503);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it('makes the same campaign again', async () => {
    const flags = ['--seed', '5', '--contacts', '20', '--history-end', '2026-01-01T00:00:00.000Z'];
    const [first, second] = [await start(...flags), await start(...flags)];
    const truth = async ({ url }: { url: string }) => (await fetch(`${url}/__truth`)).text();
    expect(await truth(first)).toBe(await truth(second));
  });

  it.each([['--contacts', 'many'], ['--unheard-of'], ['--faults', '[{"kind":"odd"}]'], ['--history-end', 'soon']])(
    'refuses %s %s',
    async (...args) => {
      const child = spawn(process.execPath, [BIN, ...args], { stdio: 'ignore' });
      children.push(child);
      expect((await once(child, 'exit'))[0]).toBe(1);
    },
  );

  it('prints its help', async () => {
    const child = spawn(process.execPath, [BIN, '--help'], { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    let text = '';
    for await (const piece of child.stdout) text += piece;
    for (const flag of ['--port', '--seed', '--contacts', '--activity', '--faults']) expect(text).toContain(flag);
  });
});
