import assert from 'node:assert/strict';
import { type CaseBench, STREAM } from '../case-bench.js';
import { expectSinkError } from '../expect-sink-error.js';
import { sampleContacts, sampleDeadLetter, sampleProgress } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import type { LookedAt } from '../store-subject.js';

/** A command that only looks never makes a target, and never changes one. */
export const lookingCases: readonly StoreCase[] = [
  lookingCase(
    'a sink that only looks refuses a target without a copy, and makes nothing in it',
    async (bench, looked) => {
      const before = await looked.contents();
      const sink = looked.createSink();
      try {
        await expectSinkError(sink.open(bench.options), { verdict: 'fatal' });
      } finally {
        await sink.close();
      }
      assert.equal(await looked.contents(), before, 'the target after the look');
    },
  ),

  lookingCase(
    'a sink that checks before the first start opens a target without a copy, and makes nothing in it',
    async (bench, looked) => {
      const before = await looked.contents();
      const sink = looked.createChecker?.();
      if (sink === undefined) return;
      try {
        await sink.open(bench.options);
        await sink.checkHealth(bench.options);
      } finally {
        await sink.close();
      }
      assert.equal(await looked.contents(), before, 'the target after the check');
    },
  ),

  lookingCase(
    'a sink that only looks reads a copy and leaves requests, and changes nothing else',
    async (bench, looked) => {
      const { sink, claim, write } = await bench.writer();
      await write({ contacts: sampleContacts(2), progress: sampleProgress(1) });
      await write({ deadLetters: [sampleDeadLetter('k1')] });
      const before = await looked.contents();
      const looking = looked.createSink();
      try {
        await looking.open(bench.options);
        await looking.readState(STREAM, bench.options);
        await looking.checkHealth(bench.options);
        const found = await looking.listDeadLetters(STREAM, { ...bench.options, limit: 10 });
        assert.deepEqual(
          found.map(({ key }) => key),
          ['k1'],
          'the dead letters',
        );
        assert.equal(await looked.contents(), before, 'the target after the look');
        await looking.postRequest(STREAM, { key: 'r1', kind: 'drop', deadLetterKey: 'k1' }, bench.options);
      } finally {
        await looking.close();
      }
      const requests = await sink.takeRequests(claim, bench.options);
      assert.deepEqual(
        requests.map(({ key }) => key),
        ['r1'],
        'the requests',
      );
    },
  ),
];

function lookingCase(name: string, check: (bench: CaseBench, looked: LookedAt) => Promise<void>): StoreCase {
  return storeCase(
    name,
    async (bench) => {
      assert.ok(bench.target.looked);
      await check(bench, bench.target.looked);
    },
    'looking',
  );
}
