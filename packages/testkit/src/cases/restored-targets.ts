import assert from 'node:assert/strict';
import { askFor, type CaseBench, granted, STREAM, type Writer } from '../case-bench.js';
import { expectSinkError } from '../expect-sink-error.js';
import { sampleContact, sampleProgress } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { storedIds } from '../stored-rows.js';

/** An administrator restores a backup under an open sink: epoch and holder are the same as in the claim. */
export const restoredTargetCases: readonly StoreCase[] = [
  storeCase(
    'R10 a target set back to an earlier state with the same epoch and holder fences the next write',
    async (bench) => {
      const writer = await writerSetBack(bench);
      const stale = writer.write({ contacts: [sampleContact('C3')], progress: sampleProgress(3) });
      await expectSinkError(stale, { verdict: 'fenced', outcome: 'not-committed' });
      await expectSecondWriteIsGone(bench, writer);
    },
    'snapshot',
  ),

  storeCase(
    'R10 a target set back to an earlier state with the same epoch and holder fences the next renewal',
    async (bench) => {
      const writer = await writerSetBack(bench);
      const stale = writer.sink.renew(writer.claim, bench.options);
      await expectSinkError(stale, { verdict: 'fenced', outcome: 'not-committed' });
      await expectSecondWriteIsGone(bench, writer);
    },
    'snapshot',
  ),
];

/** Returns a sink whose last write and renewal are gone from the target. */
async function writerSetBack(bench: CaseBench): Promise<Writer> {
  const writer = await bench.writer();
  await writer.write({ contacts: [sampleContact('A1')], progress: sampleProgress(1) });
  const restore = (await bench.target.snapshot?.()) ?? assert.fail();
  await writer.write({ contacts: [sampleContact('B2')], progress: sampleProgress(2) });
  await restore();
  return writer;
}

/** Claims again with the same sink: the new claim continues from the restored target, and writes again. */
async function expectSecondWriteIsGone({ target, options }: CaseBench, { sink, claim }: Writer): Promise<void> {
  assert.deepEqual(await storedIds(target, 'contacts'), ['A1'], 'the contacts');
  const again = granted(await askFor(sink, { takeOverFrom: claim.holder }, options));
  assert.ok(again.epoch > claim.epoch, 'the epoch is higher');
  assert.deepEqual((await sink.readState(STREAM, options)).progress, sampleProgress(1), 'the progress');
  const missing = { contacts: [sampleContact('B2')], progress: sampleProgress(2) };
  await sink.write({ inboundCalls: [], deadLetters: [], settled: [], ...missing }, again, options);
  await sink.renew(again, options);
  assert.deepEqual(await storedIds(target, 'contacts'), ['A1', 'B2'], 'the contacts');
}
