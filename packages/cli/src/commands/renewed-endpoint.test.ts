import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadedEndpoint } from '@dbsync/core';
import type { SinkNotice } from '@dbsync/core/contract';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../../../../test/harness/command/command-run.ts';
import { type Receiver, startReceiver } from '../../../../test/harness/webhook/webhook-receiver.ts';
import { createRenewedEndpoint } from './renewed-endpoint.js';

let folder: string;
let simulator: Simulator;
let receiver: Receiver;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dbsync-url-'));
  simulator = await startSimulator({ contacts: 100 });
  receiver = await startReceiver();
});
afterEach(async () => {
  await receiver.close();
  await simulator.close();
  rmSync(folder, { recursive: true });
});

it('R29 follows a changed --url-file to the same target, and to no other', async () => {
  const file = join(folder, 'url');
  const write = (url: string) => {
    writeFileSync(file, url);
    simulator.activity.step(1, 'transaction');
  };
  let token = 'first-token';
  const accepted: string[] = [];
  receiver.behave((response, { path }) => {
    if (path === `/hook?key=${token}`) accepted.push(token);
    response.statusCode = path === `/hook?key=${token}` ? 204 : 401;
    response.end();
  });
  write(`${receiver.origin}/hook?key=first-token\n`);
  using run = runCommand(['--mode', 'webhook', '--json', '--verbose', '--url-file', file], {
    DBSYNC_CAMPAIGN: simulator.campaign,
    DBSYNC_TOKEN: simulator.token,
    DBSYNC_API_URL: simulator.url,
    DBSYNC_STATE_DIR: join(folder, 'state'),
    DBSYNC_INTERVAL: '1',
    DBSYNC_WEBHOOK_BACKOFF: '50ms',
  });
  await run.printed('"type":"cycle"');
  simulator.activity.step(1, 'transaction');
  await run.printed('"type":"delivery","accepted":1');

  token = 'second-token';
  write('');
  await run.printed('CLI_URL_KEPT');
  write(`${receiver.origin}/elsewhere?key=second-token`);
  await run.printed('names another target now');
  write(`${receiver.origin}/hook?key=second-token`);
  await run.printed('CLI_URL_CHANGED');
  while (!accepted.includes('second-token')) await receiver.received(receiver.requests.length + 1);
  run.child.kill('SIGTERM');
  expect(await run.ended, run.stdout()).toBe(0);
  expect(receiver.requests.filter(({ path }) => path.startsWith('/elsewhere'))).toEqual([]);
  expect(run.stdout() + run.stderr() + run.logs()).not.toMatch(/(?:first|second)-token/);
});

it('R29 uses a URL that was renewed while a standby waited, before it opened the endpoint', async () => {
  const { signal } = new AbortController();
  const file = join(folder, 'url');
  const used: string[] = [];
  const notices: SinkNotice[] = [];
  const load = async (url: string) => {
    const deliver = async () => {
      used.push(url);
      return [{ verdict: 'accepted' } as const];
    };
    const rest = { open: async () => {}, close: async () => {}, checkHealth: async () => [] };
    const endpoint = { kind: 'endpoint', deliver, ...rest } as const;
    return { kind: 'endpoint', endpoint, identity: 'one', target: 'one' } as unknown as LoadedEndpoint;
  };
  const endpoint = createRenewedEndpoint(await load('first'), {
    file,
    url: 'first',
    read: async () => readFileSync(file, 'utf8'),
    load,
    notify: (notice) => notices.push(notice),
    recheckMs: 0,
  });
  const deliver = () => endpoint.deliver([], { signal });
  writeFileSync(file, 'second');
  await endpoint.open({ signal });
  await deliver();
  expect(used).toEqual(['second']);
  /** A file written again with the same URL: nothing is loaded or reported again. */
  writeFileSync(file, 'second');
  await deliver();
  expect(used).toEqual(['second', 'second']);
  expect(notices.map(({ code }) => code)).toEqual(['CLI_URL_CHANGED']);
});
