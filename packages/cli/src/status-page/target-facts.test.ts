import type { CallOptions, StreamFacts } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { createTargetFacts } from './target-facts.js';

const FACTS: StreamFacts = {
  nowMs: 0,
  heldBy: null,
  progress: null,
  heartbeat: null,
  keepsHeartbeats: true,
  deadLetters: { fetch: 1 },
  requests: 0,
};

function asked(answer: (options: CallOptions) => Promise<StreamFacts | null>) {
  const clock = { nowMs: 0, lateAfterMs: 0, wake: () => {} };
  const calls: string[] = [];
  const facts = createTargetFacts(
    {
      describeStream: (campaign, options) => {
        calls.push(campaign);
        return answer(options);
      },
    },
    'CAMPAIGN',
    {
      monotonic: () => clock.nowMs,
      sleep: (ms) => {
        clock.lateAfterMs = ms;
        return new Promise((resolve) => {
          clock.wake = resolve;
        });
      },
    },
    new AbortController().signal,
  );
  return { facts, clock, calls };
}

it('asks the target once in ten seconds, however many pages want to know', async () => {
  const { facts, clock, calls } = asked(async () => FACTS);
  expect(await Promise.all([facts.read(), facts.read()])).toEqual([FACTS, FACTS]);
  clock.nowMs = 9_999;
  await facts.read();
  expect(calls).toEqual(['CAMPAIGN']);
  clock.nowMs = 10_000;
  await facts.read();
  expect(calls).toHaveLength(2);
});

it('gives up after two seconds, and does without where the target fails', async () => {
  const { facts, clock } = asked(
    ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  );
  const read = facts.read();
  expect(clock.lateAfterMs).toBe(2_000);
  clock.wake();
  expect(await read).toBeNull();
  expect(await asked(() => Promise.reject(new Error('down'))).facts.read()).toBeNull();
});
