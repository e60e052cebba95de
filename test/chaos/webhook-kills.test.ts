import { expect, it } from 'vitest';
import { killWebhook } from './webhook-kills.ts';

const SEED = 20_265;

it(`webhook: every event is accepted in its last state after five kills, by an unruly receiver that is killed and down too (seed ${SEED})`, async () => {
  const { flaws, deliveries, transactions, refused } = await killWebhook({ seed: SEED, kills: 5, downMs: 3_000 });
  expect(flaws).toEqual([]);
  expect(transactions).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(0);
  expect(deliveries + refused).toBeGreaterThanOrEqual(transactions);
});
