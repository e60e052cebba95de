import { expect, it } from 'vitest';
import { SinkError } from '../contract/index.js';
import { repeat, repeatCall, repeatUntil } from './repeat.js';

const { signal } = new AbortController();
const backoff = { firstMs: 100, maxMs: 1_000 };
const busy = new SinkError('TEST_BUSY', 'x', { verdict: 'retryable', outcome: 'not-committed', retryAfterMs: 5_000 });
const refused = new SinkError('TEST_REFUSED', 'x', { verdict: 'refused', outcome: 'not-committed' });

function sleeper() {
  const slept: number[] = [];
  return { slept, sleep: async (ms: number) => void slept.push(ms) };
}

/** Fails with these errors, one after the other, and then succeeds. */
function failing(...errors: readonly Error[]) {
  let calls = 0;
  return async () => {
    const error = errors[calls];
    calls += 1;
    if (error) throw error;
    return calls;
  };
}

it('repeats until the work succeeds, and counts its failures', async () => {
  const failures: number[] = [];
  const onFailure = (_: Error, count: number) => void failures.push(count);
  expect(await repeat(failing(busy, busy), { signal, onFailure })).toBe(3);
  expect(failures).toEqual([1, 2]);
});

it('ends with what is thrown after a failure, and with the reason of the signal', async () => {
  const rethrow = (error: Error) => {
    throw error;
  };
  await expect(repeat(failing(refused), { signal, onFailure: rethrow })).rejects.toBe(refused);
  const stop = new AbortController();
  const onFailure = () => stop.abort(new Error('stopped'));
  await expect(repeat(failing(busy), { signal: stop.signal, onFailure })).rejects.toThrow('stopped');
});

it('repeats a call of a sink while its error allows that, and waits as long as the sink asks', async () => {
  const clock = sleeper();
  const reported: SinkError[] = [];
  const options = {
    clock,
    backoff,
    signal,
    mayRepeat: ({ verdict }: SinkError) => verdict === 'retryable',
    onRetry: (error: SinkError) => void reported.push(error),
  };
  expect(await repeatCall(failing(busy), options)).toBe(2);
  expect(clock.slept).toEqual([5_000]);
  await expect(repeatCall(failing(busy, refused), options)).rejects.toBe(refused);
  await expect(repeatCall(failing(new Error('own')), options)).rejects.toThrow('own');
  expect(reported).toEqual([busy, busy]);
});

it('repeats until a result is good enough, with a pause before each further attempt', async () => {
  const clock = sleeper();
  const attempts = await repeatUntil(
    async (attempt) => attempt,
    (attempt) => attempt === 3,
    { clock, backoff, signal },
  );
  expect(attempts).toBe(3);
  expect(clock.slept).toHaveLength(2);
});
