import type { StoreSink } from '@dbsync/core/contract';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { COPY_TABLES } from '../harness/compare/stored-copy.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startDeletions } from '../harness/mirrored-deletions.ts';
import { DISTINCT_ENGINES, openTargets } from '../harness/targets.ts';

function memory(contacts = 200) {
  const target = createMemoryTarget();
  return { target, deletions: startDeletions({ contacts, openStore: async () => createMemoryStore(target) }) };
}

it('R38 removes a contact that two complete listings a day apart lack, and copies it as a new one when it is back', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  const [id = '', ...others] = [...target.contacts.keys()].sort();
  campaign.hide([id]);
  await campaign.listAll();
  expect(target.contacts.has(id)).toBe(true);
  await campaign.listAll();
  expect([...target.contacts.keys()].sort()).toEqual(others);
  expect([...target.ledger.values()].filter(({ contactId }) => contactId === id)).toEqual([]);
  expect(campaign.reported('CONTACTS_REMOVED')).toEqual([
    `Contact ${id} was removed: the campaign no longer has it.`,
    'Removed: 1 contact. Complete listings lacked it for a day, and the API has no body of it.',
  ]);
  campaign.hide([]);
  await campaign.listAll();
  expect([...target.contacts.keys()].sort()).toEqual([id, ...others].sort());
});

it('R38 keeps a contact whose body is there, though no listing has it', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  campaign.hide([...target.contacts.keys()].slice(0, 3), { bodies: false });
  for (let day = 0; day < 3; day++) await campaign.listAll();
  expect(target.contacts.size).toBe(200);
});

it('R38 begins again where a complete listing between had the contact', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  const [id = ''] = target.contacts.keys();
  campaign.hide([id]);
  await campaign.listAll();
  campaign.hide([]);
  await campaign.listAll();
  campaign.hide([id]);
  await campaign.listAll();
  expect(target.contacts.has(id)).toBe(true);
  await campaign.listAll();
  expect(target.contacts.has(id)).toBe(false);
});

it('R38 remembers over a restart what was missed', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  const [id = ''] = target.contacts.keys();
  campaign.hide([id]);
  await campaign.listAll();
  await campaign.restart();
  await campaign.listAll();
  expect(target.contacts.has(id)).toBe(false);
});

it('R38 counts the listings of a run without the option too', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  const [id = ''] = target.contacts.keys();
  campaign.hide([id]);
  await campaign.listAll();
  await campaign.restart({ mirrorDeletions: false });
  await campaign.listAll();
  expect(target.contacts.has(id)).toBe(true);
  await campaign.restart();
  await campaign.listAll();
  expect(target.contacts.has(id)).toBe(false);
});

it('R38 removes nothing where more are missing than may go, until an administrator allows the number', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  campaign.hide([...target.contacts.keys()].slice(0, 11));
  await campaign.listAll();
  await campaign.listAll();
  expect(target.contacts.size).toBe(200);
  expect(campaign.reported('MIRROR_TOO_MANY').at(-1)).toContain('11 of 200');
  expect(campaign.reported('MIRROR_TOO_MANY').at(-1)).toContain('dbsync mirror-deletions --allow 11 ');
  const ask = async (most: number, answered: string) => {
    const requests = target.streams.get(campaign.id)?.requests;
    const reported = campaign.next(answered);
    requests?.set('allow', { key: 'allow', kind: 'mirror', most });
    await reported;
  };
  await ask(10, 'MIRROR_TOO_MANY');
  expect(target.contacts.size).toBe(200);
  await ask(11, 'CONTACTS_REMOVED');
  await campaign.listAll();
  expect(target.contacts.size).toBe(189);
  expect(target.streams.get(campaign.id)?.requests.size).toBe(0);
});

it('R38 removes nothing while the API gives no body of a contact that it lists', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  const [id = ''] = target.contacts.keys();
  campaign.hide([id]);
  await campaign.listAll();
  campaign.hide([id], { allBodies: true });
  await campaign.listAll();
  expect(campaign.reported('MIRROR_DOUBTED')).toHaveLength(1);
  expect(target.contacts.size).toBe(200);
});

it('R38 believes no empty campaign', async () => {
  const { target, deletions } = memory(4);
  await using campaign = await deletions;
  const ids = [...target.contacts.keys()];
  campaign.hide(ids);
  for (let day = 0; day < 3; day++) await campaign.listAll();
  expect(target.contacts.size).toBe(4);
});

it('R38 believes no complete listing that could not be read to its end', async () => {
  const { target, deletions } = memory();
  await using campaign = await deletions;
  const [id = ''] = target.contacts.keys();
  campaign.hide([id]);
  await campaign.listAll();
  campaign.hide([id], { cutsListings: true });
  await campaign.failToListAll();
  expect(target.contacts.has(id)).toBe(true);
  campaign.hide([id]);
  await campaign.listAll();
  expect(target.contacts.has(id)).toBe(false);
});

for (const engine of DISTINCT_ENGINES) {
  it(`${engine}: R38 removes the rows of a contact that is gone from all tables, and no others`, async () => {
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const openStore = async (): Promise<StoreSink> => loadStore(target.url);
    await using campaign = await startDeletions({ contacts: 60, openStore });
    const readIds = () =>
      target.read(async (copy) => {
        const found: string[] = [];
        for (const table of COPY_TABLES.filter((name) => name !== 'inbound_calls')) {
          const ids: string[] = [];
          for await (const id of copy.ids(table)) ids.push(id);
          for (const row of await copy.rowsOf(table, ids)) found.push(`${table} ${row.contact_id ?? row.$id}`);
        }
        return found.sort();
      });
    const before = await readIds();
    const [id = '', back = ''] = [...new Set(before.map((line) => line.split(' ')[1] ?? ''))].sort();
    campaign.hide([id, back]);
    await campaign.listAll();
    expect(await readIds()).toEqual(before);
    campaign.hide([id]);
    await campaign.restart();
    await campaign.listAll();
    expect(await readIds()).toEqual(before.filter((line) => !line.endsWith(` ${id}`)));
  });
}
