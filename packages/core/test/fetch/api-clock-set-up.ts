import { createSleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import { createApiClock } from '../../src/fetch/api-clock.ts';

export const START = Date.UTC(2026, 2, 2, 12);
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** Creates the API's clock on a machine whose clock a test moves. `tell` is an answer at once, with that date. */
export function setUp() {
  const clock = createSleepingClock(START);
  const api = createApiClock(clock);
  return { clock, api, tell: (ms: number) => api.ask()(new Date(ms).toUTCString()) };
}
