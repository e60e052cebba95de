import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import type { Claim, StoreSink } from '../../src/contract/index.ts';
import { guardStore } from '../../src/plugins/guarded-store.ts';

const { signal } = new AbortController();
const CLAIM: Claim = { stream: 'S', holder: 'H', epoch: 1n, plan: 'P', leaseMs: 30_000 };

/** Returns a store as the former release of the contract described it. */
function storeOfFormerRelease(): StoreSink {
  const store = createMemoryStore(createMemoryTarget());
  const { compareRows: _, ...verifying } = store.verifying ?? {};
  const { removeOrphans: __, ...mirroring } = store.mirroring ?? {};
  return { ...store, verifying, mirroring } as unknown as StoreSink;
}

it('names the missing call of a sink that was made for an earlier dbsync, and lets all others through', async () => {
  const store = guardStore(storeOfFormerRelease());
  await store.open({ signal });
  const records = { contacts: [], inboundCalls: [] };
  const outdated = { code: 'SINK_OUTDATED', verdict: 'refused', outcome: 'not-committed' };
  await expect(store.verifying?.compareRows('S', records, { signal })).rejects.toMatchObject({
    ...outdated,
    message: 'The sink was made for an earlier dbsync: it has no compareRows.',
  });
  await expect(store.mirroring?.removeOrphans(CLAIM, ['A1'], { signal })).rejects.toMatchObject(outdated);
  expect(await store.verifying?.compare('S', [], { signal, plans: [] })).toEqual([]);
  await store.close();
});
