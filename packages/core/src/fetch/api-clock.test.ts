import { describe, expect, it } from 'vitest';
import { createSleepingClock } from '../../../../test/harness/sleeping-clock.ts';
import { createApiClock } from './api-clock.js';

const START = Date.UTC(2026, 2, 2, 12);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function setUp() {
  const clock = createSleepingClock(START);
  const api = createApiClock(clock);
  return { clock, api, tell: (ms: number) => api.tell(new Date(ms).toUTCString()) };
}

describe('R4 one wrong Date header moves nothing', () => {
  it('R4 shows the clock of the machine before the first answer', () => {
    const { clock, api } = setUp();
    clock.pass(MINUTE);
    expect(api.now()).toBe(START + MINUTE);
  });

  it('R4 goes on from the last accepted Date by the monotonic clock', () => {
    const { clock, api, tell } = setUp();
    tell(START + 30 * SECOND);
    clock.pass(MINUTE);
    clock.jump(5 * HOUR);
    expect(api.now()).toBe(START + 90 * SECOND);
  });

  it.each([-24 * HOUR, -11 * MINUTE, 11 * MINUTE, 24 * HOUR])('R4 after a start doubts a Date %d ms away', (offMs) => {
    const { api, tell } = setUp();
    tell(START + offMs);
    expect(api.now()).toBe(START);
    tell(START + offMs + SECOND);
    expect(api.now()).toBe(START + offMs + SECOND);
  });

  it.each([-3 * MINUTE, 3 * MINUTE, 30 * 24 * HOUR])(
    'R4 while running moves nothing by one Date %d ms away',
    (offMs) => {
      const { clock, api, tell } = setUp();
      tell(START);
      clock.pass(MINUTE);
      tell(START + MINUTE + offMs);
      expect(api.now()).toBe(START + MINUTE);
      tell(START + MINUTE);
      tell(START + MINUTE + offMs);
      expect(api.now()).toBe(START + MINUTE);
    },
  );

  it('R4 believes a lasting step back when two answers agree', () => {
    const { clock, api, tell } = setUp();
    tell(START);
    tell(START - HOUR);
    clock.pass(10 * SECOND);
    tell(START - HOUR + 10 * SECOND);
    expect(api.now()).toBe(START - HOUR + 10 * SECOND);
  });

  it('R4 never leaps ahead of what the clocks of the machine allow, however many answers agree', () => {
    const { api, tell } = setUp();
    tell(START);
    for (let answer = 0; answer < 5; answer++) tell(START + HOUR);
    expect(api.now()).toBe(START);
  });

  it('R4 leaps ahead after a sleep of the machine, in which its monotonic clock stood still', () => {
    const { clock, api, tell } = setUp();
    tell(START);
    clock.jump(HOUR);
    tell(START + HOUR);
    expect(api.now()).toBe(START);
    tell(START + HOUR);
    expect(api.now()).toBe(START + HOUR);
  });

  it('R4 ignores what is no date', () => {
    const { api } = setUp();
    for (const header of [undefined, '', 'yesterday']) api.tell(header);
    expect(api.now()).toBe(START);
  });
});
