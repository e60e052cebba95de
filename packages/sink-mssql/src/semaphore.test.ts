import { expect, it } from 'vitest';
import { createSemaphore } from './semaphore.js';

const never = new AbortController().signal;

it('lets so many in, then one for each who leaves, in their order', async () => {
  const line = createSemaphore(2);
  const entered: number[] = [];
  const enter = (nr: number) => line.enter(never).then(() => entered.push(nr));
  const all = [1, 2, 3, 4].map(enter);
  await Promise.all(all.slice(0, 2));
  expect(entered).toEqual([1, 2]);
  line.leave();
  await all[2];
  expect(entered).toEqual([1, 2, 3]);
  line.leave();
  await all[3];
  for (let inside = 2; inside > 0; inside -= 1) line.leave();
  await Promise.all([line.enter(never), line.enter(never)]);
});

it('forgets who went away while waiting, and keeps his place for the next', async () => {
  const line = createSemaphore(1);
  await line.enter(never);
  const stop = new AbortController();
  const gone = line.enter(stop.signal);
  const next = line.enter(never);
  stop.abort(new Error('no more'));
  await expect(gone).rejects.toThrow('no more');
  line.leave();
  await next;
  await expect(line.enter(stop.signal)).rejects.toThrow('no more');
});
