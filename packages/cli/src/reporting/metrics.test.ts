import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { cycleEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { openMetrics } from './metrics.js';

const SOURCE = new URL('./metrics.ts', import.meta.url);
/** Lets a process run the sources. */
const SOURCES = new URL('../../../../scripts/sources.ts', import.meta.url).href;

it('answers what has been heard, ready or not', async () => {
  let nowMs = 0;
  const context = { intervalMs: 1_000, codes: {}, version: '1.0.0', now: () => nowMs };
  await using metrics = await openMetrics({ host: '127.0.0.1', port: 0 }, context);
  const readyz = async () => {
    const response = await fetch(`${metrics.url}/readyz`);
    return [response.status, await response.text()];
  };
  expect(await readyz()).toEqual([503, '{"ready":false,"state":"starting","lastCycleAgeSeconds":null}\n']);
  metrics.observe({ type: 'claimed', epoch: 1n });
  metrics.observe(cycleEvent({ tookMs: 700 }));
  expect(await readyz()).toEqual([200, '{"ready":true,"state":"current","lastCycleAgeSeconds":0}\n']);
  nowMs = 59_000;
  expect(await readyz()).toEqual([503, '{"ready":false,"state":"late","lastCycleAgeSeconds":59}\n']);
  const samples = await (await fetch(`${metrics.url}/metrics`)).text();
  expect(samples).toContain('\ndbsync_cycle_duration_seconds_count 1\n');
  expect(samples).toContain('\ndbsync_lag_seconds 61\n');
  expect(samples).toMatch(/^process_cpu_seconds_total /m);
});

it('leaves nothing behind that would hold the process open', async () => {
  const program = `
    import { openMetrics } from '${SOURCE}';
    const context = { intervalMs: 1_000, codes: {}, version: '1.0.0', now: () => performance.now() };
    const metrics = await openMetrics({ host: '127.0.0.1', port: 0 }, context);
    console.log((await fetch(metrics.url + '/metrics')).status);
    await metrics[Symbol.asyncDispose]();`;
  const child = spawn(process.execPath, ['--import', SOURCES, '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect([printed, code]).toEqual(['200\n', 0]);
});
