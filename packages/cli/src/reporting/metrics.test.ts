import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { RunMode } from '@dbsync/core';
import { expect, it } from 'vitest';
import { cycleEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { createCampaignBoard } from './campaign-board.js';
import { openMetrics } from './metrics.js';

const ANYWHERE = { host: '127.0.0.1', port: 0, password: null };
const CLOCK = { now: Date.now, monotonic: () => 0, sleep: async () => {} };
const SOURCE = new URL('./metrics.ts', import.meta.url);
/** Lets a process run the sources. */
const SOURCES = new URL('../../../../scripts/sources.ts', import.meta.url).href;

function boardOf(name: string, now: () => number, mode: RunMode = 'db_sync') {
  return createCampaignBoard({ name, campaign: name, mode, intervalMs: 1_000, now });
}

it('answers what has been heard, ready or not', async () => {
  let nowMs = 0;
  const context = { codes: {}, version: '1.0.0', hasMany: false, clock: CLOCK };
  const board = boardOf('A', () => nowMs);
  await using metrics = await openMetrics(ANYWHERE, context);
  const readyz = async () => {
    const response = await fetch(`${metrics.url}/readyz`);
    return [response.status, await response.text()];
  };
  expect(await readyz()).toEqual([503, '{"ready":false,"state":"starting","lastCycleAgeSeconds":null}\n']);
  const followed = metrics.follow(board);
  for (const event of [{ type: 'claimed', epoch: 1n } as const, cycleEvent({ tookMs: 700 })]) {
    board.observe(event);
    followed.observe(event);
  }
  expect(await readyz()).toEqual([200, '{"ready":true,"state":"current","lastCycleAgeSeconds":0}\n']);
  nowMs = 59_000;
  expect(await readyz()).toEqual([503, '{"ready":false,"state":"late","lastCycleAgeSeconds":59}\n']);
  const samples = await (await fetch(`${metrics.url}/metrics`)).text();
  expect(samples).toContain('\ndbsync_cycle_duration_seconds_count 1\n');
  expect(samples).toContain('\ndbsync_lag_seconds 61\n');
  expect(samples).toMatch(/^process_cpu_seconds_total /m);
});

it('keeps the campaigns of one process apart, each under its label', async () => {
  await using metrics = await openMetrics(ANYWHERE, { codes: {}, version: '1.0.0', hasMany: true, clock: CLOCK });
  const page = async (path: string) => {
    const response = await fetch(`${metrics.url}${path}`);
    return [response.status, await response.text()] as const;
  };
  expect(await page('/readyz')).toEqual([503, '{"ready":false,"campaigns":[]}\n']);
  const [a, b] = [boardOf('a', () => 0), boardOf('b', () => 0, 'db_init')];
  const followed = [a, b].map((board) => ({ board, metrics: metrics.follow(board) }));
  for (const { board, metrics: own } of followed) {
    for (const event of [{ type: 'claimed', epoch: 1n } as const, cycleEvent({ tookMs: 700 })]) {
      if (board === b && event.type === 'cycle') continue;
      board.observe(event);
      own.observe(event);
    }
  }
  expect(await page('/readyz')).toEqual([
    200,
    '{"ready":true,"campaigns":[{"name":"a","ready":true,"state":"current","lastCycleAgeSeconds":0},{"name":"b","ready":true,"state":"copying","lastCycleAgeSeconds":null}]}\n',
  ]);
  const [, samples] = await page('/metrics');
  expect(samples).toContain('\ndbsync_claim_held{campaign="a"} 1\n');
  expect(samples).toContain('\ndbsync_claim_held{campaign="b"} 1\n');
  expect(samples).toContain('\ndbsync_cycle_duration_seconds_count{campaign="a"} 1\n');
  expect(samples).toContain('\ndbsync_cycle_duration_seconds_count{campaign="b"} 0\n');
  expect(samples.match(/^# TYPE dbsync_claim_held /gm)).toHaveLength(1);
  expect(samples).toMatch(/^process_cpu_seconds_total /m);

  a.fail({ code: 'X', message: 'm', what: null, remedy: null, exit: 2 }, null);
  expect(await page('/readyz/a')).toEqual([503, '{"ready":false,"state":"stopped","lastCycleAgeSeconds":null}\n']);
  expect((await page('/readyz'))[0]).toBe(503);
  followed[0]?.metrics[Symbol.dispose]();
  expect((await page('/readyz/a'))[0]).toBe(404);
  expect((await page('/readyz'))[0]).toBe(200);
  expect((await page('/metrics'))[1]).not.toContain('campaign="a"');
});

it('shows its campaigns to a browser, with codes of dbsync and of its sinks', async () => {
  const codes = { SQL_DOWN: { what: 'It is down.', normal: null, remedy: 'Start the server.', exit: null } };
  await using metrics = await openMetrics(ANYWHERE, { codes, version: '1.0.0', hasMany: true, clock: CLOCK });
  const shown = async () => (await fetch(`${metrics.url}/status`)).text();
  expect(await shown()).toContain('0 campaigns in this process');
  const a = metrics.follow(boardOf('a', () => 0));
  for (const code of ['SQL_DOWN', 'CLI_LOG_FAILED', 'constructor'])
    a.observe({ type: 'notice', level: 'warn', code, message: '' });
  expect(await shown()).toContain('Start the server.');
  expect(await shown()).toContain('Free some room on the disk.');
  const b = metrics.follow(boardOf('b', () => 0));
  expect(await shown()).toContain('2 campaigns in this process');
  a[Symbol.dispose]();
  b[Symbol.dispose]();
  expect(await shown()).toContain('0 campaigns in this process');
});

it('warns where other machines reach its metrics, and no more where they need a password', async () => {
  const context = { codes: {}, version: '1.0.0', hasMany: false, clock: CLOCK };
  await using open = await openMetrics({ ...ANYWHERE, host: '0.0.0.0' }, context);
  expect(open.warning).toMatchObject({ code: 'CLI_METRICS_EXPOSED', message: expect.stringContaining(open.url) });
  await using closed = await openMetrics({ host: '0.0.0.0', port: 0, password: 'twelve chars' }, context);
  expect(closed.warning).toBeNull();
});

it('leaves nothing behind that would hold the process open', async () => {
  const program = `
    import { openMetrics } from '${SOURCE}';
    const clock = { now: Date.now, monotonic: () => 0, sleep: async () => {} };
    const context = { codes: {}, version: '1.0.0', hasMany: false, clock };
    const metrics = await openMetrics({ host: '127.0.0.1', port: 0, password: null }, context);
    await fetch(metrics.url);
    console.log((await fetch(metrics.url + '/metrics')).status);
    await metrics[Symbol.asyncDispose]();`;
  const child = spawn(process.execPath, ['--import', SOURCES, '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect([printed, code]).toEqual(['200\n', 0]);
});
