import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HttpTransport } from '@dbsync/core';
import { expect, it } from 'vitest';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { openTargets } from '../harness/targets.ts';

const CHUNK_BYTES = 64 << 10;
const MOST_BYTES = 4 << 20;

/** An API in process whose contacts have bodies of this size. It notes the bytes of answers that are under way. */
function createLargeApi(contacts: number, bodyBytes: number) {
  const ids = Array.from({ length: contacts }, (_, nr) => `C${nr}`);
  const seen = { underWay: 0, most: 0, largest: 0, requests: 0 };
  const text = (json: unknown) => {
    const given = JSON.stringify(json);
    return {
      status: 200,
      date: undefined,
      retryAfter: undefined,
      contentType: undefined,
      text: given,
      bytes: given.length,
    };
  };
  const transport: HttpTransport = {
    async send({ path, body }, signal, transfer) {
      if (path === 'fields/list') return text([]);
      if (path === 'contacts/list') return text({ results: ids.map((id) => ({ id, md5: `m-${id}` })) });
      if (body === undefined) return text({ results: [] });
      const answer = text(body.map(($id) => ({ $id, $md5: `m-${$id}`, notes: 'x'.repeat(bodyBytes) })));
      seen.requests++;
      seen.largest = Math.max(seen.largest, answer.bytes);
      let arrived = 0;
      try {
        while (arrived < answer.bytes) {
          await nextTurn();
          signal.throwIfAborted();
          const bytes = Math.min(CHUNK_BYTES, answer.bytes - arrived);
          arrived += bytes;
          seen.underWay += bytes;
          seen.most = Math.max(seen.most, seen.underWay);
          await transfer?.onBytes?.(bytes);
        }
        return answer;
      } finally {
        seen.underWay -= arrived;
      }
    },
    close() {},
  };
  return { transport, seen };
}

it.each([
  { contacts: 120, bodyBytes: 300_000 },
  { contacts: 30, bodyBytes: 1_500_000 },
])(
  'sqlite: a first copy of bodies of $bodyBytes bytes has 4 MiB of answers and one answer under way',
  async ({ contacts, bodyBytes }) => {
    const { transport, seen } = createLargeApi(contacts, bodyBytes);
    await using targets = await openTargets('sqlite');
    await using target = await targets.create();
    const simulator = { url: 'http://api', token: 't', campaign: 'CAMPAIGN' };
    const store = await loadStore(target.url);
    const run = startRun({ simulator, store, transport, requestConcurrency: 32 });
    const { totals } = await run.done;
    expect(totals.contactsWritten).toBe(contacts);
    expect(seen.requests).toBeGreaterThan(4);
    expect(seen.most).toBeLessThanOrEqual(MOST_BYTES + seen.largest);
  },
);
