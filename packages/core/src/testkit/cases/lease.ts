import assert from 'node:assert/strict';
import { STREAM, writerOf } from '../case-bench.js';
import { expectSinkError } from '../expect-sink-error.js';
import { sampleContact, sampleDeadLetter, sampleProgress } from '../sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { expectStored } from '../stored-rows.js';

/** One writer a stream, and none but the newest can commit. */
export const leaseCases: readonly StoreCase[] = [
  storeCase('nothing commits under an epoch that is not the newest', async (bench) => {
    const old = await bench.writer();
    await old.write({ progress: sampleProgress(1) });
    const next = await writerOf(await bench.open(), { supersede: old.claim.holder }, bench.signal);
    const stale = old.write({
      contacts: [sampleContact('A1')],
      deadLetters: [sampleDeadLetter('late')],
      progress: sampleProgress(9),
    });
    await expectSinkError(stale, { verdict: 'fenced', outcome: 'not-committed' });
    await expectStored(bench.target, {});
    const { progress } = await next.sink.readState(STREAM, bench);
    assert.deepEqual(progress, sampleProgress(1), 'the progress');
    assert.deepEqual(await next.sink.listDeadLetters(STREAM, { signal: bench.signal, limit: 9 }), [], 'dead letters');
    await next.write({ contacts: [sampleContact('A1')] });
  }),
];
