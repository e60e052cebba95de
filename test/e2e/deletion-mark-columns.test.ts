import type { SinkTarget } from '@dbsync/core/contract';
import { startSimulator } from '@dbsync/simulator';
import { createSink } from '@dbsync/sink-postgres';
import { sampleContact } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { queryRows } from '../harness/compare/query-rows.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startDeletions } from '../harness/mirrored-deletions.ts';
import { startRun } from '../harness/observed-run.ts';
import { schemaAt } from '../harness/schema-at.ts';
import { serverTarget } from '../harness/servers/server-target.ts';
import { batchOf, claimOf, never } from '../harness/sqlite-file.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES, openTargets } from '../harness/targets.ts';

/** SQL Server is left out: no machine here has one. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: R38 the mark stands in the row of its contact alone, moves $changed, and is no part of the copy's proof`, async () => {
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const openStore = async () => loadStore(target.url);
    await using campaign = await startDeletions({ contacts: 60, openStore, mirrorDeletions: false });
    const { quote } = databaseAt(target.url);
    const column = quote('$deleted_at');
    const rows = async () => {
      const [id, changed, sync] = ['$id', '$changed', '$sync'].map(quote);
      const found = await queryRows(
        target.url,
        `SELECT ${id}, ${column}, ${changed}, ${sync} FROM mcall_contacts ORDER BY ${id}`,
      );
      return new Map(found.map(([key, deletedAt, ...rest]) => [String(key), { deletedAt, rest }]));
    };
    const before = await rows();
    expect(new Set([...before.values()].map(({ deletedAt }) => deletedAt))).toEqual(new Set([null]));
    const [id = ''] = before.keys();
    campaign.hide([id]);
    await campaign.listAll();
    expect(await rows()).toEqual(before);
    await campaign.restart();
    await campaign.listAll();
    const marked = await rows();
    const { progress } = JSON.parse(
      `{"progress":${(await queryRows(target.url, 'SELECT progress FROM mcall_sync_state'))[0]?.[0]}}`,
    );
    expect(utcOf(marked.get(id)?.deletedAt)).toBe(progress.fullyListedFrom);
    expect(marked.get(id)?.rest[0]).not.toEqual(before.get(id)?.rest[0]);
    expect(marked.get(id)?.rest[1]).toEqual(before.get(id)?.rest[1]);
    expect(without(marked, id)).toEqual(without(before, id));
    campaign.hide([]);
    await campaign.listAll();
    const back = await rows();
    expect(back.get(id)?.deletedAt).toBeNull();
    expect(back.get(id)?.rest[0]).not.toEqual(marked.get(id)?.rest[0]);
    expect(without(back, id)).toEqual(without(before, id));
  });
}

for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  for (const types of ['native', 'dbsync2', 'text']) {
    it(`${engine}: R38 a copy of an earlier version with ${types} types gets the marks without a new copy`, async () => {
      const simulator = await startSimulator({ contacts: 30 });
      onTestFinished(() => simulator.close());
      await using targets = await openTargets(engine);
      await using target = await targets.create();
      const copy = async () => {
        const store = await loadStore(target.url, { shared: { 'column-types': types } });
        const run = startRun({ simulator, store });
        const { totals } = await run.done;
        return { ...totals, reported: run.events.flatMap((event) => (event.type === 'notice' ? [event.code] : [])) };
      };
      const made = await copy();
      const { dropColumn } = databaseAt(target.url);
      await dropColumn('contacts', '$deleted_at');
      const again = await copy();
      expect(again).toMatchObject({ contactsFetched: 0, rowsUpdated: 0, rowsInserted: 0 });
      expect(again.reported).toEqual(made.reported);
      expect([...(await schemaAt(target.url)).keys()]).toContain('mcall_contacts.$deleted_at');
    });
  }
}

it('R38 an account that may not change the tables writes rows without marks, and dbsync reports it', async () => {
  await using targets = await openTargets('postgres');
  await using target = await targets.create();
  const owner = await openSink(target.url);
  await owner.declareFields([], never);
  await owner.close();
  for (const statement of [
    'ALTER TABLE mcall_contacts DROP COLUMN "$deleted_at"',
    "CREATE ROLE marks_writer LOGIN PASSWORD 'secret'",
    'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO marks_writer',
  ])
    await queryRows(target.url, statement);
  const reported: string[] = [];
  const url = Object.assign(new URL(target.url), { username: 'marks_writer', password: 'secret' }).href;
  const writer = await openSink(url, ({ code, message }) => reported.push(`${code} ${message}`));
  await writer.declareFields([], never);
  const claim = await claimOf(writer);
  const contacts = [sampleContact('A1', { values: { $campaign_id: claim.stream } })];
  await writer.write(batchOf({ contacts }), claim, never);
  const held = (await writer.mirroring?.listHeld(claim, { ...never, limit: 10 })) ?? [];
  expect(held.map(({ contactId, deletedAt }) => [contactId, deletedAt])).toEqual([['A1', undefined]]);
  const marks = held.map((contact) => ({ ...contact, deletedAt: '2026-03-02T00:00:00.000Z' }));
  expect(await writer.mirroring?.mark(claim, marks, never)).toEqual([]);
  await writer.close();
  expect(reported.join()).toContain('SQL_CHANGE_DEFERRED Not changed yet: mcall_contacts.$deleted_at');
  expect(reported.join()).toContain('Contacts that the campaign has deleted are not marked until then.');
});

async function openSink(url: string, notify: SinkTarget['notify'] = () => {}) {
  const sink = createSink({ ...serverTarget(url), notify });
  await sink.open(never);
  return sink;
}

function without<T>(rows: ReadonlyMap<string, T>, id: string): ReadonlyMap<string, T> {
  return new Map([...rows].filter(([key]) => key !== id));
}

/** Reads a time as the databases print it, in UTC. */
function utcOf(cell: string | null | undefined): string {
  const [, day, time] = /^(\S{10})[ T]([\d:.]+)/.exec(String(cell)) ?? [];
  return new Date(`${day}T${time}Z`).toISOString();
}
