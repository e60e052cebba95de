import type { Batch } from '@dbsync/core/contract';
import { describe, expect, it } from 'vitest';
import { createCampaign } from './campaign.ts';
import { createCopyWatch } from './copy-watch.ts';
import type { SimulatedTarget } from './simulated-target.ts';

const CONTACT_ID = 'CONTACT';

/** Watches a contact with two versions, both committed, and then the older one again. */
function watchWhatWentBack() {
  const campaign = createCampaign(
    () => 0,
    ({ id }) => watch.changed(id),
  );
  const watch = createCopyWatch(campaign, { readHeldNrs: () => () => null } as unknown as SimulatedTarget);
  const commit = (nr: number) =>
    watch.committed({ contacts: [{ contactId: CONTACT_ID, values: { $version: nr } }] } as unknown as Batch, nr);
  campaign.change(CONTACT_ID, { note: 'a' }, [], 0);
  campaign.change(CONTACT_ID, { note: 'b' }, [], 0);
  for (const nr of [1, 2, 1]) commit(nr);
  return { campaign, watch, commit };
}

describe('the watch of a copy', () => {
  it('sees a contact that went back, until its newer version is there again', () => {
    const { watch, commit } = watchWhatWentBack();
    expect(watch.wentBack.get(CONTACT_ID)).toMatchObject({ from: 2, to: 1 });
    commit(2);
    expect(watch.wentBack.size).toBe(0);
  });

  it('asks nothing of a contact that went back and is deleted: no body of it comes any more', () => {
    const { campaign, watch, commit } = watchWhatWentBack();
    campaign.remove(CONTACT_ID);
    expect(watch.wentBack.size).toBe(0);
    for (const nr of [2, 1]) commit(nr);
    expect(watch.wentBack.size).toBe(0);
  });

  it('waits for no change from before the beginning of a new copy', () => {
    const { campaign, watch, commit } = watchWhatWentBack();
    campaign.change(CONTACT_ID, { note: 'c' }, [], 5, 5);
    expect(watch.pending.has(CONTACT_ID)).toBe(true);
    watch.beginsAgain(10, 10);
    expect(watch.pending.has(CONTACT_ID)).toBe(false);
    campaign.change(CONTACT_ID, { note: 'd' }, [], 20, 20);
    expect(watch.pending.get(CONTACT_ID)).toBe(20);
    commit(4);
    expect(watch.pending.size).toBe(0);
  });
});
