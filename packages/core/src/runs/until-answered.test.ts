import { expect, it } from 'vitest';
import type { RunContext, RunSettings } from './run-settings.js';
import { untilAnswered } from './until-answered.js';

it('a command that cannot finish its own request pauses before each new try, and ends', async () => {
  const acts: string[] = [];
  const store = { readState: async () => ({ progress: null }), verifying: { listRequests: async () => ['k1'] } };
  const settings = { campaign: 'C', sink: { store } } as unknown as RunSettings;
  const clock = { sleep: async () => void acts.push('sleep') };
  const context = { clock } as unknown as RunContext;
  const answer = async () => void acts.push('answer');
  expect(
    await untilAnswered(
      settings,
      context,
      async () => settings,
      ['k1'],
      () => {},
      answer,
    ),
  ).toBe(false);
  expect(acts.slice(0, 5)).toEqual(['answer', 'sleep', 'answer', 'sleep', 'answer']);
  expect(acts.length).toBeLessThan(40);
});
