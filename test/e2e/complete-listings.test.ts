import { createHttpTransport, type HttpTransport } from '@dbsync/core';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../harness/clocks/virtual-clock.ts';
import { startRun } from '../harness/observed-run.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * A transport to a simulator that takes a minute for a page of a listing of all contacts, and refuses each cursor of
 * it.
 */
function createRefusingTransport({ url, campaign, token }: Simulator, clock: VirtualClock) {
  const limits = { idleMs: MINUTE_MS, deadlineMs: MINUTE_MS, maxAnswerBytes: 64 << 20 };
  const http = createHttpTransport({ apiUrl: url, campaign, token, ...limits });
  let pages = 0;
  const transport: HttpTransport = {
    ...http,
    async send(request, signal) {
      const { path, query } = request;
      if (path !== 'contacts/list' || query.changedSince !== null) return http.send(request, signal);
      pages++;
      await clock.sleep(MINUTE_MS, signal);
      if (query.cursor === null) return http.send(request, signal);
      const text = '{}';
      return { status: 400, date: undefined, retryAfter: undefined, contentType: undefined, text, bytes: text.length };
    },
  };
  return { transport, pages: () => pages };
}

it('R2 asks once an hour at most for a complete listing that can never be read to its end', async () => {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 1_100, clock });
  onTestFinished(() => simulator.close());
  const store = createMemoryStore(createMemoryTarget());
  await startRun({ simulator, store, clock }).done;
  const { transport, pages } = createRefusingTransport(simulator, clock);
  const run = startRun({ simulator, store, clock, transport, mode: 'db_sync', plan: 'another' });
  const startedMs = clock.monotonic();
  const ticking = setInterval(() => clock.jump(MINUTE_MS / 2), 10);
  onTestFinished(() => clearInterval(ticking));
  await expect.poll(() => clock.monotonic() - startedMs, { timeout: 60_000 }).toBeGreaterThan(6 * HOUR_MS);
  await run.stop();
  const pagesOfOneTry = 10;
  expect(pages()).toBeLessThanOrEqual(6 * pagesOfOneTry);
});
