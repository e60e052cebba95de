import { expect, it } from 'vitest';
import { askChild, isLookupHanging, lookUpHost, noAddress } from './host-lookup.js';

const never = new AbortController().signal;

it('finds the addresses of a host, and returns an address as it is', async () => {
  expect(await lookUpHost('localhost', never)).toContainEqual(expect.stringMatching(/^(?:127\.0\.0\.1|::1)$/));
  expect(await lookUpHost('192.0.2.1', never)).toEqual(['192.0.2.1']);
});

it('names the code of a lookup that fails', async () => {
  const code = `console.log(JSON.stringify({ code: 'ENOTFOUND' }))`;
  const error = await askChild(['-e', code], 60_000, never).catch((thrown: unknown) => thrown);
  expect(isLookupHanging(error)).toBe(false);
  expect(noAddress('db.example', error).what).toBe('No address is known for db.example (ENOTFOUND)');
});

it('gives up a lookup that hangs, and ends its process', async () => {
  // The process would live on for ever, and the promise ends only with it.
  const error = await askChild(['-e', 'setInterval(() => {}, 1_000)'], 100, never).catch((thrown: unknown) => thrown);
  expect(isLookupHanging(error)).toBe(true);
  const { what, remedy } = noAddress('db.example', error);
  expect(what).toBe('The name server does not answer for db.example');
  expect(remedy).toContain('getent hosts db.example');
});

it('ends with the signal', async () => {
  const stop = new AbortController();
  const asked = askChild(['-e', 'setInterval(() => {}, 1_000)'], 60_000, stop.signal);
  stop.abort(new Error('stopped'));
  await expect(asked).rejects.toThrow('stopped');
});
