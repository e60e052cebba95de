import { describe, expect, it } from 'vitest';
import { withDeadline } from './deadline.js';

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
