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

it('lets no more run at a time than it has places, in the order they came', async () => {
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

it('runs alone only when nothing else runs, and holds later ones back', async () => {
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

it('lets as many enter as it has places, then one for each that leaves, in the order they came', async () => {
  const places = createSemaphore(2);
  const entered: number[] = [];
  const enter = (nr: number) => places.enter(signal).then(() => entered.push(nr));
  const all = [1, 2, 3, 4].map(enter);
  await Promise.all(all.slice(0, 2));
  expect(entered).toEqual([1, 2]);
  places.leave();
  await all[2];
  expect(entered).toEqual([1, 2, 3]);
  places.leave();
  await all[3];
  for (let inside = 2; inside > 0; inside -= 1) places.leave();
  await Promise.all([places.enter(signal), places.enter(signal)]);
});

it('forgets a caller that gives up while it waits, and keeps the place for the next', async () => {
  const places = createSemaphore(1);
  await places.enter(signal);
  const stop = new AbortController();
  const gone = places.enter(stop.signal);
  const next = places.enter(signal);
  stop.abort(new Error('no more'));
  await expect(gone).rejects.toThrow('no more');
  places.leave();
  await next;
  await expect(places.enter(stop.signal)).rejects.toThrow('no more');
});
