import type { RunEvent } from '@dbsync/core';
import type { SinkNotice } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { cycleEvent, standbyEvent, waitingEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { openServiceNotice } from './service-notice.js';

const MINUTE_MS = 60_000;
const STARTED = { type: 'started', mode: 'db_sync', campaign: 'C1', target: 'sqlite:calls.db', plan: 'all' } as const;
const CLAIMED = { type: 'claimed', epoch: 1n } as const;
const RECOVERED = { type: 'recovered', for: 'api', afterMs: 1 } as const;
const BUILDING = { type: 'building', what: 'key of mcall_contacts', step: 1, of: 2 } as const;

/** Opens the reports of a service with a watchdog of ten minutes, and a cycle a minute. */
function open({ intervalMs = MINUTE_MS, fails = false } = {}) {
  const clock = createDrivenClock();
  const sent: string[] = [];
  const notices: SinkNotice[] = [];
  const notice = openServiceNotice({
    variables: { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: String(10 * MINUTE_MS * 1_000) },
    notify: (message) => void notices.push(message),
    clock,
    send: async (assignments) => {
      sent.push(assignments.join(' '));
      if (fails) throw Object.assign(new Error('no program'), { code: 'ENOENT' });
    },
  });
  if (notice === null) throw new Error('no service manager');
  const { observe } = notice.follow(intervalMs);
  /** Returns how often the watchdog is fed in this number of minutes after an event. */
  const feedsAfter = async (event: RunEvent, minutes: number) => {
    observe(event);
    const before = sent.length;
    await clock.pass(minutes * MINUTE_MS);
    return sent.slice(before).filter((report) => report.startsWith('WATCHDOG=1')).length;
  };
  return { notice, observe, sent, notices, feedsAfter, clock };
}

it('reports the start, the state and the stop to systemd', async () => {
  const { notice, observe, sent, feedsAfter } = open();
  observe(STARTED);
  observe(STARTED);
  await feedsAfter(cycleEvent({ lagMs: 2_000 }), 4);
  await feedsAfter(waitingEvent('api', 'API_UNREACHABLE'), 4);
  observe({ type: 'stopping', reason: 'SIGTERM' });
  await notice.close();
  expect(sent).toEqual([
    'READY=1 STATUS=starting',
    'WATCHDOG=1 STATUS=working, 2 s behind',
    'WATCHDOG=1 STATUS=waiting for the api (API_UNREACHABLE)',
    'STOPPING=1 STATUS=stopping',
  ]);
});

it('feeds the watchdog while cycles complete, and starves it when they end without a reason', async () => {
  const { notice, feedsAfter } = open();
  expect(await feedsAfter(CLAIMED, 10)).toBe(3);
  for (let nr = 0; nr < 3; nr += 1) expect(await feedsAfter(cycleEvent(), 10)).toBe(3);
  expect(await feedsAfter(cycleEvent(), 60)).toBe(3);
  await notice.close();
});

it.each<readonly [string, RunEvent]>([
  ['the API', waitingEvent('api', 'API_UNREACHABLE')],
  ['the database', waitingEvent('store', 'STORE_DOWN')],
  ['another process', standbyEvent()],
  ['keys and indexes', BUILDING],
])('feeds the watchdog for hours while the run waits for %s', async (_, event) => {
  const { notice, feedsAfter } = open();
  await feedsAfter(cycleEvent(), 1);
  expect(await feedsAfter(event, 10 * 60)).toBe(180);
  await notice.close();
});

it('expects signs of work again after what it waited for', async () => {
  const { notice, feedsAfter } = open();
  await feedsAfter(cycleEvent(), 1);
  await feedsAfter(waitingEvent('api', 'API_UNREACHABLE'), 60);
  expect(await feedsAfter(RECOVERED, 60)).toBe(3);
  await notice.close();
});

it('waits three intervals for a cycle where the interval is long', async () => {
  const { notice, feedsAfter } = open({ intervalMs: 60 * MINUTE_MS });
  expect(await feedsAfter(cycleEvent(), 600)).toBe(54);
  await notice.close();
});

it('feeds the watchdog while one of several runs in the process works, and counts them by state', async () => {
  const { notice, observe, sent, clock } = open();
  const second = notice.follow(MINUTE_MS);
  observe(cycleEvent());
  second.observe(cycleEvent());
  for (let nr = 0; nr < 6; nr += 1) {
    await clock.pass(10 * MINUTE_MS);
    second.observe(cycleEvent());
  }
  second.observe(waitingEvent('api', 'API_UNREACHABLE'));
  await clock.pass(4 * MINUTE_MS);
  expect(sent).toHaveLength(19);
  expect(sent.slice(-2)).toEqual(['WATCHDOG=1 STATUS=2 working', 'WATCHDOG=1 STATUS=1 working, 1 waiting for the api']);
  second.end();
  await clock.pass(60 * MINUTE_MS);
  expect(sent).toHaveLength(19);
  await notice.close();
});

it('reports once that systemd cannot be reached, and works on', async () => {
  const { notice, observe, notices, feedsAfter } = open({ fails: true });
  observe(STARTED);
  await feedsAfter(cycleEvent(), 10);
  await notice.close();
  expect(notices).toMatchObject([{ code: 'CLI_NOTIFY_FAILED', message: expect.stringContaining('ENOENT') }]);
});

it('does nothing where no service manager has started dbsync', () => {
  expect(openServiceNotice({ variables: {}, notify: () => {} })).toBeNull();
});
