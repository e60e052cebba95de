import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { type CaseBench, type Writer, writerOf } from '../case-bench.js';
import { batchOfChild } from '../children/child-batch.js';
import { type ChildProcess, withChildren } from '../children/child-process.js';
import { sampleContact } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { expectWholeOrNothing } from '../whole-or-nothing.js';

/** A process dies at any instant, and the next one continues where it was. */
export const killedProcessCases: readonly StoreCase[] = [
  processCase('a process killed while it opens the target leaves one that can be opened', async (bench, start) => {
    await killWhileOpening(start(), 10);
    const tookMs = await measureOpening(start());
    for (const part of [0.3, 0.7]) await killWhileOpening(start(), part * tookMs);
    const { write } = await bench.writer({ stream: 'a stream that it cannot have claimed' });
    await write({ contacts: [sampleContact('A1')] });
  }),

  processCase('a write of a process that is killed has committed completely or not at all', async (bench, start) => {
    const tookMs = await measureWrite(bench, start());
    for (const [nr, part] of [0.1, 0.3, 0.5, 0.7, 0.9].entries()) {
      const child = start();
      const holder = await claimOf(child);
      child.order(nr);
      await child.stepOf('writing');
      await delay(part * tookMs);
      await child.kill();
      const next = await takeOver(bench, holder);
      await expectWholeOrNothing(bench.target, next, batchOfChild(nr), 'unknown');
      await next.sink.release(next.claim, bench.options);
    }
  }),

  processCase(
    'rows that a write has confirmed are stored, even if the process is killed at once',
    async (bench, start) => {
      for (const nr of [1, 2]) {
        const child = start();
        const holder = await claimOf(child);
        child.order(nr);
        await child.stepOf('committed');
        await child.kill();
        const next = await takeOver(bench, holder);
        await expectWholeOrNothing(bench.target, next, batchOfChild(nr), 'committed');
        await next.sink.release(next.claim, bench.options);
      }
    },
  ),
];

function processCase(name: string, check: (bench: CaseBench, start: () => ChildProcess) => Promise<void>): StoreCase {
  return storeCase(
    name,
    (bench) => withChildren('child-writer.js', bench.target.plugin ?? assert.fail(), (start) => check(bench, start)),
    'process',
  );
}

async function killWhileOpening(child: ChildProcess, afterMs: number): Promise<void> {
  await child.stepOf('opening');
  await delay(afterMs);
  await child.kill();
}

async function measureOpening(child: ChildProcess): Promise<number> {
  await child.stepOf('opening');
  const started = performance.now();
  await child.stepOf('opened');
  const tookMs = performance.now() - started;
  await child.kill();
  return tookMs;
}

async function measureWrite(bench: CaseBench, child: ChildProcess): Promise<number> {
  const holder = await claimOf(child);
  child.order(9);
  await child.stepOf('writing');
  const started = performance.now();
  await child.stepOf('committed');
  const tookMs = performance.now() - started;
  await child.kill();
  const { sink, claim } = await takeOver(bench, holder);
  await sink.release(claim, bench.options);
  return tookMs;
}

/** Takes over the stream of a process that is gone, at once. */
async function takeOver(bench: CaseBench, holder: string): Promise<Writer> {
  return writerOf(await bench.open(), { takeOverFrom: holder }, bench.options);
}

async function claimOf(child: ChildProcess): Promise<string> {
  const [, holder = ''] = (await child.stepOf('claimed')).split(' ');
  return holder;
}
