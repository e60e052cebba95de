import { expect, it } from 'vitest';
import { withDefaults } from '../simulator-options.js';
import { createCampaign } from './campaign.js';

/** Makes changes to the first contact and to a new one, at that time. */
function live(atMs: number) {
  const { contacts } = createCampaign(withDefaults({ contacts: 10, clock: { now: () => atMs } }));
  contacts.change(0, { kind: 'edit', atMs, seed: 7, field: null });
  const made = contacts.create(atMs);
  return { untouched: contacts.md5(0, 0), edited: contacts.md5(0, 1), made: contacts.md5(made, 0) };
}

it('gives an md5 that no other life of the same campaign gives to something else', () => {
  const [one, other] = [live(1_000), live(2_000)];
  expect(live(1_000)).toEqual(one);
  expect(other.untouched).toBe(one.untouched);
  expect(other.edited).not.toBe(one.edited);
  expect(other.made).not.toBe(one.made);
});
