import { beforeEach, describe, expect, it } from 'vitest';
import { createSleepingClock, type SleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import type { RunEvent } from '../observe/run-events.js';
import { createLagWatch, type LagWatch } from './lag-watch.js';

const MINUTE_MS = 60_000;
const WAITING = {
  type: 'waiting',
  level: 'info',
  for: 'api',
  code: 'API_BUSY',
  message: 'later',
  waitedMs: 0,
  attempt: 1,
} as const;
const STANDBY = { type: 'standby', holder: 'process 1 on elsewhere', expiresInMs: 1 } as const;

let clock: SleepingClock;
let reported: RunEvent[];
let watch: LagWatch;
let lags: Record<'events' | 'inbound', number | null>;

beforeEach(() => {
  clock = createSleepingClock();
  reported = [];
  lags = { events: 0, inbound: 0 };
  watch = createLagWatch({ intervalMs: MINUTE_MS, clock, observe: (event) => reported.push(event) });
  watch.follow(['events', 'inbound'], { lagOf: (part) => lags[part], clocksDiffer: () => null });
});

/** Lets minutes pass one by one; the parts complete a round in each. */
function pass(minutes: number, ...parts: readonly ('events' | 'inbound' | 'listing')[]): void {
  for (let minute = 0; minute < minutes; minute++) {
    clock.pass(MINUTE_MS);
    for (const part of parts) watch.done(part);
    watch.look();
  }
}

const behind = () => reported.filter((event) => event.type === 'behind');

it('says nothing while everything comes round', () => {
  pass(300, 'events', 'inbound', 'listing');
  expect(reported).toEqual([]);
});

describe.each(['events', 'inbound'] as const)('where %s stay away', (part) => {
  const other = part === 'events' ? 'inbound' : 'events';

  it('tells after three intervals at warn, then louder, and once that it is current again', () => {
    pass(3, other, 'listing');
    expect(reported).toEqual([]);
    pass(1, other, 'listing');
    expect(reported).toEqual([
      {
        type: 'behind',
        level: 'warn',
        code: 'COPY_BEHIND',
        part,
        lagMs: 4 * MINUTE_MS,
        allowedMs: 3 * MINUTE_MS,
        trouble: null,
      },
    ]);
    pass(130, other, 'listing');
    expect(behind().map(({ level }) => level)).toEqual(['warn', 'warn', 'error', 'error', 'error']);
    pass(10, 'events', 'inbound', 'listing');
    expect(reported.at(-1)).toEqual({ type: 'caught-up', afterMs: 131 * MINUTE_MS });
    expect(reported.filter(({ type }) => type === 'caught-up')).toHaveLength(1);
  });
});

it('tells of a watermark that stays behind though its job comes round', () => {
  lags.inbound = 3 * MINUTE_MS + 1;
  pass(1, 'events', 'inbound', 'listing');
  expect(behind()).toMatchObject([{ part: 'inbound', lagMs: 3 * MINUTE_MS + 1 }]);
});

it('is not reported again and again by a lag at the limit', () => {
  for (const seconds of [181, 179, 181, 121, 181]) {
    lags.events = seconds * 1_000;
    pass(1, 'events', 'inbound', 'listing');
  }
  expect(reported.filter(({ type }) => type === 'caught-up')).toEqual([]);
  lags.events = 120_000;
  pass(1, 'events', 'inbound', 'listing');
  expect(reported.at(-1)?.type).toBe('caught-up');
});

it('tells of a listing that never ends', () => {
  pass(120, 'events', 'inbound');
  expect(reported).toEqual([]);
  pass(1, 'events', 'inbound');
  expect(behind()).toMatchObject([{ part: 'listing', lagMs: 121 * MINUTE_MS, level: 'warn' }]);
});

it('names the error that stands in the way, until it is overcome', () => {
  watch.hear(WAITING);
  pass(4);
  expect(behind().at(-1)?.trouble).toEqual({ code: 'API_BUSY', message: 'later' });
  watch.hear({ type: 'recovered', for: 'api', afterMs: 1 });
  pass(1);
  expect(behind().at(-1)?.trouble).toBeNull();
});

it('tells of a run that never gets its claim, and not of one that stands by', () => {
  pass(4);
  expect(behind()).toHaveLength(1);
  watch.hear(STANDBY);
  pass(600);
  expect(behind()).toHaveLength(1);
  watch.hear({ type: 'claimed', epoch: 1n });
  pass(3);
  expect(behind()).toHaveLength(1);
  pass(1);
  expect(behind()).toHaveLength(2);
});

it('is not moved by jumps of the wall clock, and after a sleep of the machine goes by the clock of the API', () => {
  clock.jump(30 * 24 * 60 * MINUTE_MS);
  pass(1, 'events', 'inbound', 'listing');
  clock.jump(-60 * 24 * 60 * MINUTE_MS);
  pass(1, 'events', 'inbound', 'listing');
  expect(reported).toEqual([]);
  lags.events = 8 * 60 * MINUTE_MS;
  pass(1, 'listing');
  expect(behind()).toMatchObject([{ part: 'events', lagMs: 8 * 60 * MINUTE_MS }]);
});

it('R4 names both clocks where they differ, before any other trouble', () => {
  const trouble = { code: 'CLOCKS_DIFFER', message: 'By the clock of the API ...' };
  const asked: number[] = [];
  const clocksDiffer = (byMs: number) => {
    asked.push(byMs);
    return trouble;
  };
  watch.follow(['events'], { lagOf: () => 4 * MINUTE_MS, clocksDiffer });
  watch.hear(WAITING);
  pass(1, 'events', 'listing');
  expect(behind()).toMatchObject([{ part: 'events', lagMs: 4 * MINUTE_MS, trouble }]);
  expect(asked).toEqual([1.5 * MINUTE_MS]);
});
