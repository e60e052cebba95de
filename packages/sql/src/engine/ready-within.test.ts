import { expect, it } from 'vitest';
import { readyWithin } from './ready-within.js';

it('gives a connection up that is not ready in time, with the error of a server that cannot be reached', async () => {
  const { promise, reject } = Promise.withResolvers<never>();
  const broken = readyWithin(
    1,
    () => reject(new Error('broken off')),
    () => promise,
  );
  await expect(broken).rejects.toMatchObject({ syscall: 'connect', message: expect.stringContaining('0.001 s') });
});

it('is late also where the work hides that it was broken off', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  await expect(
    readyWithin(
      1,
      () => resolve('as if ready'),
      () => promise,
    ),
  ).rejects.toMatchObject({ syscall: 'connect' });
});

it('returns what is ready in time, and fails as the work does', async () => {
  const never = () => expect.unreachable();
  expect(await readyWithin(60_000, never, async () => 'ready')).toBe('ready');
  await expect(readyWithin(60_000, never, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
});
