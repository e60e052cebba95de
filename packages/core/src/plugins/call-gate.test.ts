import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCallGate, type GatedCall } from './call-gate.js';

const NEVER = new AbortController().signal;
const records = (...ids: string[]): GatedCall => ({ kind: 'write', records: new Set(ids) });

describe('a gate', () => {
  it('lets through as many writes as it may, and the next when one is over', async () => {
    const gate = createCallGate(2);
    const leave = await gate.enter(records('a'), NEVER);
    await gate.enter(records('b'), NEVER);
    const third = gate.enter(records('c'), NEVER);
    await expectWaiting(third);
    leave();
    leave();
    await third;
    await expectWaiting(gate.enter(records('d'), NEVER));
  });

  it.each<readonly [GatedCall, GatedCall]>([
    [records('a', 'b'), records('b', 'c')],
    [{ kind: 'alone' }, { kind: 'other' }],
    [{ kind: 'other' }, { kind: 'alone' }],
    [{ kind: 'schema' }, records('a')],
    [records('a'), { kind: 'schema' }],
    [{ kind: 'schema' }, { kind: 'versions' }],
    [{ kind: 'schema' }, { kind: 'schema' }],
  ])('keeps apart %j and %j', async (first, second) => {
    const gate = createCallGate(2);
    const leave = await gate.enter(first, NEVER);
    const waiting = gate.enter(second, NEVER);
    await expectWaiting(waiting);
    leave();
    await waiting;
  });

  it.each<readonly [GatedCall, GatedCall]>([
    [records('a'), records('b')],
    [{ kind: 'schema' }, { kind: 'other' }],
    [{ kind: 'versions' }, records('a')],
    [{ kind: 'other' }, { kind: 'other' }],
  ])('lets run beside each other %j and %j', async (first, second) => {
    const gate = createCallGate(2);
    await gate.enter(first, NEVER);
    await gate.enter(second, NEVER);
  });

  it('lets no call pass that would hold up an earlier one for ever', async () => {
    const gate = createCallGate(2);
    const leave = await gate.enter(records('a'), NEVER);
    const alone = gate.enter({ kind: 'alone' }, NEVER);
    const late = gate.enter(records('b'), NEVER);
    await expectWaiting(late);
    leave();
    (await alone)();
    await late;
  });

  it('forgets who gave up', async () => {
    const gate = createCallGate(1);
    const leave = await gate.enter(records('a'), NEVER);
    const abort = new AbortController();
    const impatient = gate.enter({ kind: 'alone' }, abort.signal);
    const behind = gate.enter({ kind: 'other' }, NEVER);
    abort.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    await expect(gate.enter({ kind: 'other' }, abort.signal)).rejects.toThrow('enough');
    await behind;
    leave();
    await gate.enter(records('a'), NEVER);
  });

  it('never lets two run that exclude each other, and all of them in the end', async () => {
    const kind = fc.constantFrom<GatedCall['kind']>('alone', 'schema', 'versions', 'write', 'other');
    const gated = fc.record({ kind, records: fc.uniqueArray(fc.integer({ min: 1, max: 4 }).map(String)) });
    await fc.assert(
      fc.asyncProperty(fc.array(gated, { maxLength: 12 }), fc.scheduler(), async (wanted, scheduler) => {
        const gate = createCallGate(2);
        const running = new Set<number>();
        const ended = wanted.map(async ({ kind, records: ids }, nr) => {
          const leave = await gate.enter({ kind, records: new Set(ids) }, NEVER);
          running.add(nr);
          const beside = [...running].map((other) => wanted[other]?.kind);
          expect(kind === 'alone' ? beside.length : 0).toBeLessThanOrEqual(1);
          expect(beside.filter((other) => other === 'write').length).toBeLessThanOrEqual(2);
          await scheduler.schedule(Promise.resolve());
          running.delete(nr);
          leave();
        });
        await scheduler.waitFor(Promise.all(ended));
        expect(running.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

/** Still waiting when all that could have let it in has run. */
async function expectWaiting(entered: Promise<unknown>): Promise<void> {
  let over = false;
  void entered.then(() => {
    over = true;
  });
  await new Promise(setImmediate);
  expect(over).toBe(false);
}
