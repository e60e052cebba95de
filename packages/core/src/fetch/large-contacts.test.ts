import { expect, it, onTestFinished } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/driven-clock.ts';
import { createSlowLine } from '../../../../test/harness/slow-line.ts';
import { createWatchdog } from '../concurrency/watchdog.js';
import { createApiClient, type FetchedContact } from './api-client.js';
import { ApiFault } from './api-fault.js';
import type { ApiRequest, HttpTransport } from './http-transport.js';

const SECOND_MS = 1_000;
/** The most bytes that may have arrived; one answer is as long at most, unless it is of a single contact. */
const BUDGET = 4 << 20;

/** A client on a line of this speed, and contacts of this size; limits count on the clock of the test. */
function startClient(bytesPerSecond: number, sizeOf: (id: string) => number) {
  const clock = createDrivenClock();
  const end = new AbortController();
  onTestFinished(() => end.abort());
  const line = createSlowLine(clock, bytesPerSecond, end.signal);
  const requests: { readonly ids: number; isCut: boolean }[] = [];
  const transport: HttpTransport = {
    async send({ body = [] }: ApiRequest, signal, transfer = {}) {
      const { idleMs = 60_000, deadlineMs = 600_000, maxAnswerBytes = 64 << 20, onBytes } = transfer;
      const request = { ids: body.length, isCut: false };
      requests.push(request);
      const watchdog = createWatchdog(clock, { idleMs, totalMs: deadlineMs });
      const bytes = body.reduce((sum, id) => sum + sizeOf(id), 0);
      let arrived = 0;
      const onPiece = (piece: number) => {
        watchdog.progress();
        arrived += piece;
        const hold = onBytes?.(piece);
        return hold && watchdog.pauseFor(hold);
      };
      try {
        await line.transmit(Math.min(bytes, maxAnswerBytes), AbortSignal.any([signal, watchdog.signal]), onPiece);
      } catch (error) {
        request.isCut = watchdog.complaint !== null;
        throw request.isCut ? new ApiFault('API_UNREACHABLE', 'late', { isTimeout: true }) : error;
      } finally {
        watchdog.end();
      }
      if (bytes > maxAnswerBytes) throw new ApiFault('API_ANSWER_TOO_LARGE', 'too large');
      const text = JSON.stringify(body.map(($id) => ({ $id })));
      return { status: 200, date: undefined, retryAfter: undefined, contentType: undefined, text, bytes: arrived };
    },
    close() {},
  };
  const client = createApiClient({
    apiUrl: 'http://api',
    campaign: 'C',
    token: 't',
    requestConcurrency: 32,
    contactsPerRequest: null,
    clock,
    transport,
    observe: () => {},
  });
  const bodies: FetchedContact[] = [];
  const fetch = async (count: number) => {
    const ids = Array.from({ length: count }, (_, nr) => `id-${nr}`);
    for await (const contact of client.contactBodies(ids, { signal: end.signal })) bodies.push(contact);
  };
  return { clock, line, requests, bodies, fetch };
}

it('fill a slow line with contacts of 50 kB, and have none of their requests cut', async () => {
  const { clock, requests, bodies, fetch } = startClient(300_000, () => 50_000);
  const done = fetch(300);
  await clock.pass(30 * SECOND_MS);
  expect(bodies.length).toBeGreaterThan(100);
  await clock.pass(30 * SECOND_MS);
  await done;
  expect(bodies.filter(({ kind }) => kind === 'body')).toHaveLength(300);
  expect(requests.filter(({ isCut }) => isCut)).toEqual([]);
});

it('get through a line of a few kB a second, by fewer and smaller requests after each time-out', async () => {
  const { clock, requests, bodies, fetch } = startClient(2_000, () => 50_000);
  const done = fetch(20);
  await clock.pass(1_500 * SECOND_MS);
  await done;
  expect(bodies.filter(({ kind }) => kind === 'body')).toHaveLength(20);
  expect(requests.filter(({ isCut }) => isCut).length).toBeGreaterThan(0);
  expect(requests.length).toBeLessThan(40);
});

it.each([
  ['large', 300_000],
  ['very large', 1_500_000],
])('hold 4 MB and one answer at most of %s contacts, from the first request on', async (_what, size) => {
  const { clock, line, bodies, fetch } = startClient(10_000_000, () => size);
  const done = fetch(200);
  await clock.pass(60 * SECOND_MS);
  await done;
  expect(bodies).toHaveLength(200);
  expect(line.mostArriving).toBeLessThanOrEqual(BUDGET + Math.max(size, BUDGET));
});

it('hold 4 MB and one answer at most where contacts grow from small ones to large ones', async () => {
  const { clock, line, bodies, fetch } = startClient(50_000_000, (id) =>
    Number(id.slice(3)) < 20_000 ? 2_000 : 100_000,
  );
  const done = fetch(22_000);
  await clock.pass(120 * SECOND_MS);
  await done;
  expect(bodies).toHaveLength(22_000);
  expect(line.mostArriving).toBeLessThanOrEqual(2 * BUDGET);
  expect(line.mostAnswers).toBeGreaterThan(2);
});
