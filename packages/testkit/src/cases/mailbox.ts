import assert from 'node:assert/strict';
import type { StoreRequest } from '@dbsync/core/contract';
import { STREAM } from '../case-bench.js';
import { expectSinkError } from '../expect-sink-error.js';
import { type StoreCase, storeCase } from '../store-case.js';

const REPLAY: StoreRequest = { key: 'r1', kind: 'replay', deadLetterKey: 'k1' };
const DROP: StoreRequest = { key: 'r2', kind: 'drop', deadLetterKey: 'k2' };
const REFETCH: StoreRequest = { key: 'a-late', kind: 'refetch', contactIds: ['A1', 'B2 \u00e9'] };

/** Cases of requests: any process posts them, and the holder of the stream carries them out. */
export const mailboxCases: readonly StoreCase[] = [
  storeCase('the holder takes requests of any process, oldest first, until they are settled', async (bench) => {
    const { sink, claim, write } = await bench.writer();
    const other = await bench.open();
    for (const request of [REPLAY, DROP, REFETCH]) await other.postRequest(STREAM, request, bench.options);
    assert.deepEqual(await sink.takeRequests(claim, bench.options), [REPLAY, DROP, REFETCH], 'the requests');
    assert.deepEqual(
      await sink.takeRequests(claim, bench.options),
      [REPLAY, DROP, REFETCH],
      'the requests, not settled yet',
    );
    await write({ settled: ['r1', 'a-late'] });
    assert.deepEqual(await sink.takeRequests(claim, bench.options), [DROP], 'the requests not settled');
  }),

  storeCase('the holder takes a part of many requests: the oldest, whole, and at least one', async (bench) => {
    const { sink, claim, write } = await bench.writer();
    const large = Array.from({ length: 4 }, (_, nr) => largeRequest(`r1-${nr}`));
    const all: readonly StoreRequest[] = [REPLAY, ...large, DROP];
    for (const request of all) await sink.postRequest(STREAM, request, bench.options);
    const take = (part: { readonly limit?: number; readonly maxBytes?: number }) =>
      sink.takeRequests(claim, { ...bench.options, ...part });
    for (const part of [{ limit: 2 }, { limit: 10, maxBytes: 1_000 }, { maxBytes: 250_000 }]) {
      const taken = await take(part);
      assert.ok(taken.length > 0, `requests for ${JSON.stringify(part)}`);
      assert.deepEqual(taken, all.slice(0, taken.length), `the oldest requests for ${JSON.stringify(part)}`);
    }
    await write({ settled: [REPLAY.key] });
    assert.deepEqual((await take({ limit: 10, maxBytes: 10 })).slice(0, 1), large.slice(0, 1), 'a large request alone');
    assert.deepEqual(await take({}), all.slice(1), 'all requests');
  }),

  storeCase('the holder takes the requests behind one that stays', async (bench) => {
    const { sink, claim, write } = await bench.writer();
    const keys = ['m', 'z', 'a', 'k'];
    for (const key of keys) await sink.postRequest(STREAM, { ...DROP, key }, bench.options);
    const keysAfter = async (after: string) =>
      (await sink.takeRequests(claim, { ...bench.options, limit: 1, after })).map(({ key }) => key);
    for (const [nr, key] of keys.slice(0, -1).entries()) {
      assert.ok((await keysAfter(key)).includes(keys[nr + 1] ?? ''), `the request behind ${key}`);
    }
    await write({ settled: ['z'] });
    assert.ok((await keysAfter('m')).includes('a'), 'the request behind a settled one');
    assert.ok((await keysAfter('z')).includes('m'), 'the oldest request, where the place is gone');
  }),

  storeCase('the holder gets the same request, whether it names an operator or none', async (bench) => {
    const { sink, claim } = await bench.writer();
    const by = { user: 'ada', host: 'desk-7' };
    await sink.postRequest(STREAM, REPLAY, { ...bench.options, by });
    await sink.postRequest(STREAM, DROP, bench.options);
    assert.deepEqual(await sink.takeRequests(claim, bench.options), [REPLAY, DROP], 'the requests');
  }),

  storeCase('a request replaces an earlier one with the same key', async (bench) => {
    const { sink, claim } = await bench.writer();
    await sink.postRequest(STREAM, REPLAY, bench.options);
    await sink.postRequest(STREAM, { ...REFETCH, key: REPLAY.key }, bench.options);
    assert.deepEqual(await sink.takeRequests(claim, bench.options), [{ ...REFETCH, key: REPLAY.key }], 'the requests');
  }),

  storeCase('a request is settled by the commit that carried it out, never by a failed write', async (bench) => {
    const old = await bench.writer();
    await old.sink.postRequest(STREAM, DROP, bench.options);
    const next = await bench.takeOver(old);
    await expectSinkError(old.write({ settled: [DROP.key] }), { verdict: 'fenced' });
    assert.deepEqual(await next.sink.takeRequests(next.claim, bench.options), [DROP], 'the requests');
  }),
];

/** A request of 100 kB. */
function largeRequest(key: string): StoreRequest {
  return {
    key,
    kind: 'refetch',
    contactIds: Array.from({ length: 1_000 }, (_, nr) => `${key}-${nr}`.padEnd(100, '\u00e9')),
  };
}
