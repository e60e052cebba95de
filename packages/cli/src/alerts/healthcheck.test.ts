import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CycleEvent } from '@dbsync/core';
import { createUrlClient } from '@dbsync/core/cli-kit';
import type { SinkNotice } from '@dbsync/core/contract';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../../../../test/harness/clocks/virtual-clock.ts';
import { behindEvent, cycleEvent, standbyEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { startReceiver } from '../../../../test/harness/webhook/webhook-receiver.ts';
import { createHealthcheck } from './healthcheck.js';

const CAUGHT_UP = { type: 'caught-up', afterMs: 300_000 } as const;
const BEHIND = behindEvent();
const STANDBY = standbyEvent();
const CYCLE = cycleEvent();

let notices: SinkNotice[];

beforeEach(() => {
  notices = [];
});

const notify = (notice: SinkNotice) => void notices.push(notice);

it('calls the healthcheck after each cycle, and not while the copy is late', async () => {
  let calls = 0;
  const send = async () => void calls++;
  const healthcheck = createHealthcheck({ send, close: () => {} }, notify);
  for (const event of [CYCLE, BEHIND, CYCLE, CYCLE, CAUGHT_UP, CYCLE]) {
    healthcheck.observe(event);
    await nextTurn();
  }
  expect(calls).toBe(2);
  await healthcheck.close();
});

it('calls the healthcheck again under a claim that follows a standby, and not while messages wait for a receiver that is down', async () => {
  let calls = 0;
  const healthcheck = createHealthcheck({ send: async () => void calls++, close: () => {} }, notify);
  const down: CycleEvent = { ...CYCLE, deliveries: { state: 'down', forMs: 1, nextTryInMs: 1 } };
  const ended = { accepted: 0, failed: 1, postponed: 0, dead: 0, tookMs: 1 };
  const backlog = (messages: number) => ({ type: 'backlog', messages, contacts: 1, oldestMs: 1, ended }) as const;
  const counted: number[] = [];
  for (const event of [BEHIND, STANDBY, CYCLE, down, backlog(2), down, CYCLE, backlog(0), down]) {
    healthcheck.observe(event);
    await nextTurn();
    counted.push(calls);
  }
  expect(counted).toEqual([0, 0, 1, 2, 2, 2, 3, 3, 4]);
  await healthcheck.close();
});

it('reports a healthcheck that fails once, and calls it again', async () => {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const clock = createVirtualClock();
  receiver.behave((response) => {
    response.statusCode = 500;
    response.end();
  });
  const healthcheck = createHealthcheck(createUrlClient(`${receiver.origin}/ping/secret-path`, null, clock), notify);
  while (receiver.requests.length < 3) {
    healthcheck.observe(CYCLE);
    await nextTurn();
  }
  await healthcheck.close();
  expect(receiver.requests[0]).toMatchObject({ method: 'GET', path: '/ping/secret-path' });
  expect(notices).toMatchObject([{ code: 'CLI_HEALTHCHECK_FAILED', level: 'warn' }]);
  expect(notices[0]?.message).toContain('answered 500');
  expect(JSON.stringify(notices)).not.toContain('secret-path');
});
