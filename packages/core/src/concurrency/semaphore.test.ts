import { expect, it } from 'vitest';
import { createSemaphore } from './semaphore.js';

const signal = new AbortController().signal;

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

it('lets at most so many run at a time, in the order they came', async () => {
  const semaphore = createSemaphore(2);
  const gates = [gate(), gate(), gate()];
  const begun: number[] = [];
  const all = gates.map(({ opened }, index) =>
    semaphore.run(async () => {
      begun.push(index);
      await opened;
    }, signal),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);
  gates[1]?.open();
  await all[1];
  expect(begun).toEqual([0, 1, 2]);
  for (const { open } of gates) open();
  await Promise.all(all);
});

it('runs alone only when nobody else does, and holds later ones back', async () => {
  const semaphore = createSemaphore(3);
  const first = gate();
  const order: string[] = [];
  const shared = semaphore.run(() => first.opened, signal);
  const alone = semaphore.runAlone(async () => void order.push('alone'), signal);
  const later = semaphore.run(async () => void order.push('later'), signal);
  await Promise.resolve();
  expect(order).toEqual([]);
  first.open();
  await Promise.all([shared, alone, later]);
  expect(order).toEqual(['alone', 'later']);
});

it('gives its place in the queue up on an abort, and the place back after a failure', async () => {
  const semaphore = createSemaphore(1);
  const first = gate();
  const abort = new AbortController();
  const holding = semaphore.run(() => first.opened, signal);
  const aborted = semaphore.run(async () => {}, abort.signal);
  abort.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
  first.open();
  await holding;
  await expect(semaphore.run(() => Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed');
  expect(await semaphore.run(async () => 'free', signal)).toBe('free');
});
