import { expect, it } from 'vitest';
import { systemClock } from './clock.js';
import { withDeadline } from './deadline.js';

const untilAborted = ({ signal }: { readonly signal: AbortSignal }) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

it('aborts work that takes too long', async () => {
  const { signal } = new AbortController();
  await expect(withDeadline(systemClock, 5, signal, untilAborted)).rejects.toThrow('within 5 ms');
});

it('aborts work when the signal aborts', async () => {
  const stop = new AbortController();
  const work = withDeadline(systemClock, 60_000, stop.signal, untilAborted);
  stop.abort(new Error('stopped'));
  await expect(work).rejects.toThrow('stopped');
});

it('answers what the work answers', async () => {
  expect(await withDeadline(systemClock, 60_000, new AbortController().signal, async () => 7)).toBe(7);
});
