import { expect, it } from 'vitest';
import { linkSignals } from './linked-signal.js';

it('aborts with the first of its signals, for that reason', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const { signal } = linkSignals(one.signal, other.signal);
  expect(signal.aborted).toBe(false);
  other.abort('late');
  one.abort('later');
  expect(signal).toMatchObject({ aborted: true, reason: 'late' });
  expect(linkSignals(new AbortController().signal, other.signal).signal.reason).toBe('late');
});

it('aborts no more once it is unlinked', () => {
  const one = new AbortController();
  const { signal, unlink } = linkSignals(one.signal);
  unlink();
  one.abort();
  expect(signal.aborted).toBe(false);
});
