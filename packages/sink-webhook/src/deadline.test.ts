import { describe, expect, it } from 'vitest';
import { unlessAborted, withDeadline } from './deadline.js';

const { signal: never } = new AbortController();

/** Fails with its own error when its signal aborts. */
const untilAborted = (signal: AbortSignal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('broken')), { once: true }));

describe('withDeadline', () => {
  it('ends work when the time is over, and when the caller does', async () => {
    await expect(withDeadline(1, never, untilAborted)).rejects.toMatchObject({ name: 'TimeoutError' });
    const stop = new AbortController();
    const work = withDeadline(60_000, stop.signal, untilAborted);
    stop.abort(new Error('stopped'));
    await expect(work).rejects.toThrow('stopped');
    await expect(withDeadline(60_000, stop.signal, async () => 1)).rejects.toThrow('stopped');
  });

  it('leaves what ended by itself as it is, though the time was over meanwhile', async () => {
    expect(await withDeadline(1, never, (signal) => untilAborted(signal).catch(() => 'well'))).toBe('well');
    await expect(withDeadline(60_000, never, async () => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });
});

describe('unlessAborted', () => {
  it('waits no longer than the signal lets it, and leaves the others to wait', async () => {
    const { promise: shared, resolve } = Promise.withResolvers<string>();
    const stop = new AbortController();
    const [one, other] = [unlessAborted(shared, stop.signal), unlessAborted(shared, never)];
    stop.abort(new Error('stopped'));
    await expect(one).rejects.toThrow('stopped');
    await expect(unlessAborted(shared, stop.signal)).rejects.toThrow('stopped');
    resolve('there');
    expect(await other).toBe('there');
  });
});
