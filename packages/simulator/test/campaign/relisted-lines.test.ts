import { expect, it } from 'vitest';
import { createActivity } from '../../src/campaign/activity.ts';
import { createCampaign } from '../../src/campaign/campaign.ts';
import { withDefaults } from '../../src/simulator-options.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');

it('a changed transaction is listed again at the time of its change, with the line that stands in its old place too', () => {
  const options = withDefaults({ contacts: 50, hostileEvery: 0, clock: { now: () => NOW } });
  const campaign = createCampaign(options);
  const activity = createActivity(campaign, { seed: options.seed, clock: options.clock, mix: options.activityMix });
  const lines = (fromMs: number) =>
    campaign.events.page({
      fromMs,
      toMs: NOW * 2,
      filter: { type: null, hi: false, tasks: [] },
      position: null,
      limit: 10_000,
      asOfMs: NOW * 2,
    }).lines;
  const before = lines(0);
  const [event] = activity.step(1, 'relisted-change');
  const after = lines(0);
  const [again = '', ...others] = lines(NOW);
  expect([again.split('|')[2], others]).toEqual([event?.contactId, []]);
  expect(after.filter((line) => line === again)).toHaveLength(2);
  expect(before).not.toContain(again);
  expect(after).toHaveLength(before.length + 1);
});
