import { expect, it } from 'vitest';
import { createSemaphore } from '../concurrency/semaphore.js';
import { type BulkLoading, SinkError } from '../contract/index.js';
import { type ContactRequest, plainRequest } from '../discover/contact-request.js';
import { beginLoading, moveFirstLoad } from './bulk-load.js';
import type { Session } from './session.js';

/** A session that notes what its parts are asked for, in order. */
function sessionOf(bulk: BulkLoading, fullyListedFrom: string | null = null) {
  const log: string[] = [];
  const { signal } = new AbortController();
  const move = async (requests: AsyncIterable<ContactRequest> | Iterable<ContactRequest>) => {
    const ids: string[] = [];
    for await (const { id } of requests) ids.push(id);
    log.push(`move ${ids.join(' ')}`);
    return { missing: new Set(ids.filter((id) => id.startsWith('m'))), lagging: new Set<string>() };
  };
  const sleep = async () => {};
  const session = {
    store: { bulk: { begin: bulk.begin, finish: bulk.finish } },
    claim: {},
    deadlines: { run: (_kind: string, stop: AbortSignal, call: (o: object) => unknown) => call({ signal: stop }) },
    progress: { current: { fullyListedFrom } },
    context: { storeClock: { sleep: () => new Promise(() => {}) }, clock: { sleep } },
    storeGate: createSemaphore(10),
    observe: (event: object) => log.push(JSON.stringify(event)),
    pipeline: { move },
    stop: signal,
  } as unknown as Session;
  return { session, log };
}

async function* requestsFor(stored: Readonly<Record<string, string | null>>): AsyncGenerator<ContactRequest> {
  for (const [id, md5] of Object.entries(stored)) yield { ...plainRequest(id), stored: md5 };
}

it('R20 moves each new contact once, then has the keys built, then moves the others', async () => {
  const { session, log } = sessionOf({
    begin: async () => true,
    finish: async (_claim, { onStep }) => {
      onStep?.({ what: 'key of t', step: 1, of: 1 });
      return ['shares'];
    },
  });
  expect(await beginLoading(session)).toBe(true);
  const moved = await moveFirstLoad(session, requestsFor({ new: null, known: 'md5', missing: null }), {
    part: 'listing',
    of: 3,
  });
  expect(log).toEqual([
    'move new missing',
    '{"type":"building","what":"key of t","step":1,"of":1}',
    'move known shares',
  ]);
  expect([...moved.missing]).toEqual(['missing']);
});

it.each([null, '2026-01-01T00:00:00.000Z'])(
  'R20 finishes the load of another process (listed from %s)',
  async (listed) => {
    let finished = 0;
    const finish = async () => {
      finished += 1;
      return [];
    };
    const { session } = sessionOf({ begin: async () => listed !== null, finish }, listed);
    expect(await beginLoading(session)).toBe(false);
    expect(finished).toBe(1);
  },
);

it('R20 leaves the end of a load to a new claim where its outcome is not known', async () => {
  const lost = new SinkError('X', 'lost', { verdict: 'retryable', outcome: 'unknown' });
  const { session } = sessionOf({ begin: async () => false, finish: () => Promise.reject(lost) });
  await expect(beginLoading(session)).rejects.toBe(lost);
});
