import { expect, it } from 'vitest';
import { createSleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import { createApiCaller } from './api-caller.js';
import type { ApiRequest, HttpTransport } from './http-transport.js';

const { signal } = new AbortController();
const PAGE: ApiRequest = { path: 'fields/list', query: {} };
const BODIES: ApiRequest = { path: 'contacts/', query: {}, body: ['A'] };
const clock = createSleepingClock();

function callerOver(send: HttpTransport['send']) {
  const transport = { send, close: () => {} };
  const backoff = { firstMs: 1_000, maxMs: 60_000 };
  return createApiCaller({ transport, concurrency: 1, backoff, clock, observe: () => {} });
}

const answer = (status: number) => ({
  status,
  text: '[]',
  bytes: 2,
  date: undefined,
  retryAfter: undefined,
  contentType: undefined,
});

it('R6 asks for pages while as many requests for contacts hang as may be under way', async () => {
  const leave = new AbortController();
  const caller = callerOver((request, given) => {
    if (request.body === undefined) return Promise.resolve(answer(200));
    return new Promise((_, reject) => given.addEventListener('abort', () => reject(given.reason)));
  });
  const hanging = caller.call({ request: BODIES, parse: () => 'bodies' }, { signal: leave.signal });
  expect(await caller.call({ request: PAGE, parse: () => 'page' }, { signal })).toBe('page');
  leave.abort(new Error('enough'));
  await expect(hanging).rejects.toThrow('enough');
});

it('tells how long the answer took, without the failures before it and the waits between them', async () => {
  const took: number[] = [];
  let asked = 0;
  const caller = callerOver(async () => {
    clock.pass(300);
    return answer(++asked === 1 ? 503 : 200);
  });
  await caller.call({ request: PAGE, parse: () => 'page' }, { signal, onAnswered: (ms) => took.push(ms) });
  expect(asked).toBe(2);
  expect(took).toEqual([300]);
});
