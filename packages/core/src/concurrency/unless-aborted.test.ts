import { expect, it } from 'vitest';
import { unlessAborted } from './unless-aborted.js';

const { signal: never } = new AbortController();

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

it('gives back what comes after the abort, and nothing that came before', async () => {
  const givenBack: string[] = [];
  const giveBack = (late: string) => void givenBack.push(late);
  const { promise, resolve } = Promise.withResolvers<string>();
  const stop = new AbortController();
  expect(await unlessAborted(Promise.resolve('in time'), stop.signal, giveBack)).toBe('in time');
  const waiting = unlessAborted(promise, stop.signal, giveBack);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  resolve('late');
  await promise;
  expect(givenBack).toEqual(['late']);
});
