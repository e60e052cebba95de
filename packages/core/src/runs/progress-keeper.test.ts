import { expect, it } from 'vitest';
import type { Batch } from '../contract/index.js';
import { NO_PROGRESS } from '../discover/watermark.js';
import type { BatchWriter } from '../emit/batch-writer.js';
import { createProgressKeeper } from './progress-keeper.js';

/** A writer that commits when the test says so. */
function slowWriter() {
  const written: Partial<Batch>[] = [];
  const open: { readonly commit: () => void; readonly fail: (error: Error) => void }[] = [];
  const write: BatchWriter['write'] = (batch) =>
    new Promise((resolve, reject) => {
      written.push(batch);
      const result = { inserted: 0, updated: 0, unchanged: 0, bytes: 0, changedUnderSameMd5: [] };
      open.push({ commit: () => resolve(result), fail: reject });
    });
  return { written, open, writer: { write, mayFail: () => {} } };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

it('R1 counts progress once it is committed, one change after the other', async () => {
  const { written, open, writer } = slowWriter();
  const keeper = createProgressKeeper(NO_PROGRESS, writer);
  const first = keeper.commit((progress) => ({ ...progress, eventsUntil: 'b' }));
  const second = keeper.commit((progress) => ({ ...progress, listedFrom: `after ${progress.eventsUntil}` }), {
    settled: ['key'],
  });
  await turn();
  expect(written).toHaveLength(1);
  expect(keeper.current.eventsUntil).toBeNull();
  open[0]?.commit();
  await first;
  expect(keeper.current.eventsUntil).toBe('b');
  await turn();
  open[1]?.commit();
  await second;
  expect(written[1]).toMatchObject({ settled: ['key'], progress: { eventsUntil: 'b', listedFrom: 'after b' } });
});

it('R1 keeps the progress where a commit fails, and goes on from there', async () => {
  const { open, writer } = slowWriter();
  const keeper = createProgressKeeper(NO_PROGRESS, writer);
  const failed = keeper.commit((progress) => ({ ...progress, eventsUntil: 'b' }));
  const next = keeper.commit((progress) => ({ ...progress, inboundUntil: 'c' }));
  await turn();
  open[0]?.fail(new Error('gone'));
  await expect(failed).rejects.toThrow('gone');
  await turn();
  open[1]?.commit();
  await next;
  expect(keeper.current).toMatchObject({ eventsUntil: null, inboundUntil: 'c' });
});
