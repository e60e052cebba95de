import { type Mirroring, SinkError, type StoreSink } from '@dbsync/core/contract';
import { createMemoryStore, createMemoryTarget, type MemoryTarget } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { type Deletions, startDeletions } from '../harness/mirrored-deletions.ts';

const CONTACTS = 200;

function memory({ contacts = CONTACTS, open = createMemoryStore } = {}) {
  const target = createMemoryTarget();
  const openStore = async () => open(target);
  return { target, deletions: startDeletions({ contacts, openStore, mirrorDeletions: false }) };
}

function markedIn({ contacts }: MemoryTarget): readonly string[] {
  return [...contacts].flatMap(([id, { deletedAt }]) => (deletedAt === null ? [] : [id]));
}

function lastListing({ streams }: MemoryTarget, { id }: Deletions): string | null {
  return streams.get(id)?.progress?.fullyListedFrom ?? null;
}

it('R38 marks a contact with the start of the second complete listing that lacks it, until one has it again', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  const before = new Map(target.contacts);
  const [id = ''] = target.contacts.keys();
  campaign.hide([id]);
  await campaign.listAll();
  expect(markedIn(target)).toEqual([]);
  await campaign.listAll();
  const since = lastListing(target, campaign);
  expect(target.contacts.get(id)).toEqual({ ...before.get(id), deletedAt: since });
  expect(markedIn(target)).toEqual([id]);
  expect(campaign.reported('CONTACTS_MARKED')).toEqual([
    `Contact ${id} was marked as deleted: the campaign no longer has it.`,
    'Marked as deleted: 1 contact. Complete listings lacked it for a day, and the API has no body of it. The rows stay.',
  ]);
  await campaign.listAll();
  expect(target.contacts.get(id)?.deletedAt).toBe(since);
  expect(campaign.reported('CONTACTS_MARKED')).toHaveLength(2);
  campaign.hide([]);
  await campaign.listAll();
  expect(target.contacts).toEqual(before);
});

it('R38 writes nothing at a listing for contacts that are there, or that are marked', async () => {
  const calls: string[] = [];
  const { target, deletions } = memory({ open: (stored) => watched(createMemoryStore(stored), calls) });
  await using campaign = await deletions;
  await campaign.listAll();
  expect(calls).toEqual([]);
  campaign.hide([...target.contacts.keys()].slice(0, 2));
  await campaign.listAll();
  await campaign.listAll();
  // A contact whose lane is not free is marked in another call.
  const [first, second, ...marks] = calls.splice(0);
  expect([first, second]).toEqual(['keepNotes 2', 'keepNotes 2']);
  expect(marks.reduce((sum, mark) => sum + Number(mark.split(' ')[1]), 0)).toBe(2);
  await campaign.listAll();
  expect(calls).toEqual([]);
});

it('R38 marks no contact whose body is there, though no listing has it', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  campaign.hide([...target.contacts.keys()].slice(0, 3), { bodies: false });
  for (let day = 0; day < 3; day++) await campaign.listAll();
  expect(markedIn(target)).toEqual([]);
});

it('R38 marks none where more are missing than allowed, and marked ones do not count again', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  const ids = [...target.contacts.keys()];
  campaign.hide(ids.slice(0, 8));
  await campaign.listAll();
  await campaign.listAll();
  expect(markedIn(target)).toHaveLength(8);
  campaign.hide(ids.slice(0, 16));
  await campaign.listAll();
  await campaign.listAll();
  expect(markedIn(target)).toHaveLength(16);
  campaign.hide(ids.slice(0, 27));
  await campaign.listAll();
  await campaign.listAll();
  expect(markedIn(target)).toHaveLength(16);
  const [reported = ''] = campaign.reported('MIRROR_TOO_MANY').slice(-1);
  expect(reported).toContain(
    'lacks 11 of 200 stored contacts, more than the 10 that are marked at once, so none was marked',
  );
  expect(reported).toContain('dbsync mirror-deletions --allow 11 ');
  const marked = campaign.next('CONTACTS_MARKED');
  target.streams.get(campaign.id)?.requests.set('allow', { key: 'allow', kind: 'mirror', most: 11 });
  await marked;
  await campaign.listAll();
  expect(markedIn(target)).toHaveLength(27);
  expect(target.contacts.size).toBe(CONTACTS);
});

it('R38 marks none where a listing is empty, or was not read to its end, or while the API gives no body at all', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  const ids = [...target.contacts.keys()];
  campaign.hide(ids);
  for (let day = 0; day < 3; day++) await campaign.listAll();
  campaign.hide(ids.slice(0, 1), { cutsListings: true });
  await campaign.failToListAll();
  campaign.hide(ids.slice(0, 1));
  await campaign.listAll();
  campaign.hide(ids.slice(0, 1), { allBodies: true });
  await campaign.listAll();
  expect(markedIn(target)).toEqual([]);
  expect(campaign.reported('MIRROR_DOUBTED').at(-1)).toContain('1 contact would have been marked as deleted');
});

it('R38 removes a marked contact where --mirror-deletions is given later', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  const [id = ''] = target.contacts.keys();
  campaign.hide([id]);
  await campaign.listAll();
  await campaign.listAll();
  expect(markedIn(target)).toEqual([id]);
  await campaign.restart({ mirrorDeletions: true });
  for (let day = 0; day < 2; day++) await campaign.listAll();
  expect(target.contacts.has(id)).toBe(false);
});

for (const when of ['before', 'after'] as const) {
  it(`R38 a connection that is lost ${when} the commit of a mark costs a listing at most, and no contact`, async () => {
    let losses = 1;
    const open = (stored: MemoryTarget) => losing(createMemoryStore(stored), when, () => losses-- > 0);
    const { target, deletions } = memory({ open });
    await using campaign = await deletions;
    const [id = ''] = target.contacts.keys();
    campaign.hide([id]);
    for (let day = 0; day < 4; day++) await campaign.listAll();
    expect(losses).toBeLessThan(1);
    expect(markedIn(target)).toEqual([id]);
    campaign.hide([]);
    await campaign.listAll();
    expect(markedIn(target)).toEqual([]);
    expect(target.contacts.size).toBe(CONTACTS);
  });
}

function watched(store: StoreSink, calls: string[]): StoreSink {
  return changing(store, ({ keepNotes, mark }) => ({
    keepNotes: (claim, notes, options) => {
      calls.push(`keepNotes ${notes.length}`);
      return keepNotes(claim, notes, options);
    },
    mark: (claim, marks, options) => {
      calls.push(`mark ${marks.length}`);
      return mark(claim, marks, options);
    },
  }));
}

function losing(store: StoreSink, when: 'before' | 'after', isLost: () => boolean): StoreSink {
  return changing(store, ({ mark }) => ({
    mark: async (claim, marks, options) => {
      if (!isLost()) return mark(claim, marks, options);
      if (when === 'after') await mark(claim, marks, options);
      const details = { verdict: 'retryable', outcome: 'unknown', connectionLost: true } as const;
      throw new SinkError('MEMORY_LOST', 'The connection was lost.', details);
    },
  }));
}

function changing(store: StoreSink, change: (good: Mirroring) => Partial<Mirroring>): StoreSink {
  const { mirroring } = store;
  if (mirroring === undefined) throw new TypeError('The memory store keeps marks.');
  return { ...store, mirroring: { ...mirroring, ...change(mirroring) } };
}
