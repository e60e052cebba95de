import { describe, expect, it } from 'vitest';
import { startBench } from '../../../../test/harness/delivery-bench.ts';
import type { Verdict } from '../../src/contract/index.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

const accepted: Verdict = { verdict: 'accepted' };

describe('the end of the loop', () => {
  it('waits for attempts under way when it is stopped, and sends nothing more', async () => {
    const bench = startBench();
    bench.onDeliver = async (_message, signal) => {
      await bench.clock.sleep(5 * SECOND_MS, signal);
      return accepted;
    };
    const [first, second] = [bench.queue.add('A'), bench.queue.add('A')];
    await bench.clock.pass(SECOND_MS);
    bench.stop();
    await bench.clock.pass(5 * SECOND_MS);
    await bench.ended;
    expect(bench.outcomeOf(first)).toMatchObject({ outcome: 'accepted' });
    expect(bench.outcomeOf(second)).toBeUndefined();
  });

  it('aborts what takes too long, and puts it back uncounted', async () => {
    const bench = startBench();
    bench.onDeliver = (message, signal) =>
      message.contactId === 'B' ? accepted : bench.clock.sleep(HOUR_MS, signal).then(() => accepted);
    const ids = [bench.queue.add('A'), bench.queue.add('B')];
    await bench.clock.pass(SECOND_MS);
    bench.stop();
    await bench.clock.pass(20 * SECOND_MS);
    await bench.ended;
    expect(ids.map((id) => bench.outcomeOf(id))).toMatchObject([
      { outcome: 'postponed', failure: null },
      { outcome: 'accepted' },
    ]);
  });

  it('sends nothing that was taken while it was stopped, and puts it back', async () => {
    const bench = startBench();
    const id = bench.queue.add('A');
    bench.onTake = bench.stop;
    bench.loop.wake();
    await bench.ended;
    expect(bench.sent).toEqual([]);
    expect(bench.outcomeOf(id)).toMatchObject({ outcome: 'postponed', failure: null });
  });

  it('settles nothing once it is halted, and leaves nothing under way', async () => {
    const bench = startBench({ concurrency: 1 });
    let isOver = false;
    bench.onDeliver = async (_message, signal) => {
      await bench.clock.sleep(HOUR_MS, signal).catch(() => {});
      isOver = true;
      return accepted;
    };
    bench.queue.add('A');
    await bench.clock.pass(SECOND_MS);
    const reason = new Error('the claim is lost');
    bench.halt(reason);
    await expect(bench.ended).rejects.toBe(reason);
    expect(isOver).toBe(true);
    expect(bench.queue.settled).toEqual([]);
  });

  it('does nothing where it was stopped before', async () => {
    const bench = startBench({ stopped: true });
    bench.queue.add('A');
    await bench.ended;
    expect(bench.sent).toEqual([]);
  });
});
