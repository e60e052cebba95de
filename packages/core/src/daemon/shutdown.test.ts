import { expect, it, onTestFinished, vi } from 'vitest';
import { createShutdown } from './shutdown.js';

it('lets writes finish for 30 s after a stop, then ends them with the reason of the stop', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const asked = new AbortController();
  const shutdown = createShutdown(asked.signal);
  asked.abort(new Error('asked'));
  expect(shutdown.stop.aborted).toBe(true);
  vi.advanceTimersByTime(29_999);
  expect(shutdown.halt.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(shutdown.halt.reason).toBe(asked.signal.reason);
});

it('leaves no timer and no listener behind', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const asked = new AbortController();
  const before = createShutdown(asked.signal);
  before.dispose();
  const during = createShutdown(asked.signal);
  asked.abort();
  expect(vi.getTimerCount()).toBe(1);
  during.dispose();
  expect(vi.getTimerCount()).toBe(0);
});
