import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batch, StreamState } from '../../contract/index.js';
import { type CaseBench, STREAM } from '../case-bench.js';
import { sampleContact, sampleDeadLetter, sampleProgress } from '../sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { storedIds } from '../stored-rows.js';

/** Rows, progress, dead letters and settled keys commit together or not at all. */
export const oneCommitCases: readonly StoreCase[] = [
  storeCase('progress is never seen ahead of its rows', async (bench) => {
    const progress = sampleProgress(5);
    const seen = await whileWriting(bench, { progress }, ({ progress: found }) => found !== null);
    assert.deepEqual((await readState(bench)).progress, progress, 'the progress after the commit');
    assert.ok(
      seen.every(({ marked, rows }) => !marked || rows),
      'progress was there before the rows',
    );
  }),

  storeCase('a dead letter commits with its batch, and with the tree that carries it', async (bench) => {
    const { sink, write } = await bench.writer();
    const beside = sampleDeadLetter('b-beside', { kind: 'inbound-call' });
    const carried = sampleDeadLetter('a-carried', { kind: 'transaction', contactId: 'A1' });
    await write({ contacts: [sampleContact('A1', { deadLetters: [carried] })], deadLetters: [beside] });
    const letters = await sink.listDeadLetters(STREAM, { signal: bench.signal, limit: 10 });
    assert.deepEqual(letters, [carried, beside], 'the dead letters, in the order of their keys');
  }),
];

interface Sight {
  readonly marked: boolean;
  readonly rows: boolean;
}

/** Looks over and over, through another sink and past it, while a batch of many contacts is being written. */
async function whileWriting(
  bench: CaseBench,
  batch: Partial<Batch>,
  isMarked: (state: StreamState) => boolean,
): Promise<readonly Sight[]> {
  const { write } = await bench.writer();
  const reader = await bench.open();
  const contacts = Array.from({ length: 300 }, (_, nr) => sampleContact(`C${nr}`));
  let writing = true;
  const written = write({ ...batch, contacts }).finally(() => {
    writing = false;
  });
  const seen: Sight[] = [];
  while (writing) {
    const marked = isMarked(await reader.readState(STREAM, { signal: bench.signal }));
    seen.push({ marked, rows: (await storedIds(bench.target, 'contacts')).length === contacts.length });
    await nextTurn();
  }
  await written;
  return seen;
}

async function readState(bench: CaseBench): Promise<StreamState> {
  const reader = await bench.open();
  return reader.readState(STREAM, { signal: bench.signal });
}
