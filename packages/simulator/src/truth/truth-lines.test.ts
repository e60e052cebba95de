import { afterEach, describe, expect, it } from 'vitest';
import { type Body, createUpstreamClient } from '../../../../test/harness/upstream-client.ts';
import { type ActivityKind, type Simulator, startSimulator, type TruthLine, type TruthRow } from '../index.js';

let simulator: Simulator;
afterEach(() => simulator.close());

async function start(options = {}) {
  simulator = await startSimulator({ contacts: 60, historyEndMs: Date.parse('2026-03-01'), ...options });
  return createUpstreamClient(simulator);
}

async function truth(query = ''): Promise<TruthLine[]> {
  const text = await (await fetch(`${simulator.url}/__truth${query}`)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TruthLine);
}

async function rows(query = ''): Promise<TruthRow[]> {
  return (await truth(query)).filter((line): line is TruthRow => line.table !== 'dead_letters');
}

const key = ({ table, id }: TruthRow) => `${table} ${id}`;
const keysOf = (lines: readonly TruthRow[]) => lines.map(key).toSorted();

/** Counts the records of a body in the simplest way. */
function countRecords(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + 1 + countRecords(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  const lists = ['transactions', 'connections', 'third_party_connections', 'recordings'];
  return Object.entries(value).reduce((sum, [name, item]) => sum + (lists.includes(name) ? countRecords(item) : 0), 0);
}

const countOf = (body: Body) =>
  1 + (Array.isArray(body.$task_log) ? body.$task_log.reduce<number>((sum, entry) => sum + countRecords(entry), 0) : 0);

describe('the truth', () => {
  it('has a row for each record of each body, with its values', async () => {
    const client = await start();
    simulator.activity.step(300);
    const entries = await client.all<{ id: string }>('contacts/list?limit=1000');
    const bodies = await client.bodies(entries.map(({ id }) => id));
    const present = (await rows()).filter(({ gone, table }) => !gone && table !== 'inbound_calls');
    expect(present).toHaveLength(bodies.reduce((sum, body) => sum + countOf(body), 0));
    expect(new Set(keysOf(present)).size).toBe(present.length);
    for (const { $task_log: _, ...values } of bodies) {
      expect(present.find(({ table, id }) => table === 'contacts' && id === values.$id)?.values).toEqual(values);
    }
    const calls = await client.all<{ id: string }>('inbound/calls/?from=&limit=1000');
    const callRows = (await rows()).filter(({ table }) => table === 'inbound_calls');
    expect(callRows.map(({ values }) => values)).toEqual(calls);
  });

  it('is the same for the same seed and steps, to the byte', async () => {
    const run = async () => {
      await start({ hostileEvery: 7, clock: { now: () => Date.parse('2026-03-01T12:00:00.000Z') } });
      simulator.activity.step(500);
      return (await fetch(`${simulator.url}/__truth`)).text();
    };
    const first = await run();
    await simulator.close();
    expect(await run()).toBe(first);
  });

  it('filters transactions and what hangs below them, never contacts', async () => {
    await start();
    const [all, people] = [await rows(), await rows('?fm=hi_updates_only&fp=fc_')];
    const of = (lines: readonly TruthRow[], wanted: TruthRow['table']) => lines.filter(({ table }) => table === wanted);
    expect(of(people, 'contacts')).toEqual(of(all, 'contacts'));
    const { length } = of(people, 'transactions');
    expect(length).toBeLessThan(of(all, 'transactions').length);
    const ids = new Set(of(people, 'transactions').map(({ id }) => id));
    for (const { derived } of of(people, 'connections')) expect(ids).toContain(derived.transaction_id);
    for (const { values } of of(people, 'transactions'))
      expect(values).toMatchObject({ type: 'update', task: 'fc_lead', isHI: true });
    expect(await rows('?type=update&hi=true&tasks=fc_')).toEqual(people);
    expect((await fetch(`${simulator.url}/__truth?fm=odd`)).status).toBe(400);
  });

  it('marks the rows of deleted contacts as gone, all that they ever had', async () => {
    await start();
    const before = await rows();
    const [event] = simulator.activity.step(1, 'delete-contact');
    const after = await rows();
    expect(keysOf(after)).toEqual(keysOf(before));
    const isOf = ({ contactId, table }: TruthRow) => contactId === event?.contactId && table !== 'inbound_calls';
    for (const row of after) expect(row.gone ?? false).toBe(isOf(row));
  });

  it.each([
    ['vanish-child', true],
    ['late-change', false],
    ['edit', false],
  ] as [ActivityKind, boolean][])('after %s has gone children: %s', async (kind, hasGone) => {
    await start();
    const before = await rows();
    simulator.activity.step(15, kind);
    const after = await rows();
    const keys = new Set(keysOf(after));
    expect(before.filter((row) => !keys.has(key(row)))).toEqual([]);
    expect(after.some(({ gone }) => gone)).toBe(hasGone);
  });

  it('forgets the id that a recording had before it gained its location', async () => {
    await start({ contacts: 5, transactions: 0 });
    simulator.activity.step(40, 'transaction');
    simulator.activity.step(40, 'call-ends');
    const before = (await rows()).filter(({ table, values }) => table === 'recordings' && !('location' in values));
    const [event] = simulator.activity.step(1, 'recording-located');
    const after = await rows();
    const keys = new Set(keysOf(after));
    const forgotten = before.filter((row) => !keys.has(key(row)));
    expect(forgotten.map(({ contactId }) => contactId)).toEqual([event?.contactId]);
    expect(after.some(({ gone }) => gone)).toBe(false);
  });

  it('keeps both ids of a recording that gained its location and then vanished', async () => {
    await start({ contacts: 1, transactions: 0 });
    for (const kind of ['transaction', 'call-ends', 'recording-located'] as const) simulator.activity.step(1, kind);
    while (!(await rows()).some(({ table, gone }) => table === 'recordings' && gone)) {
      for (const kind of ['transaction', 'call-ends', 'recording-located', 'vanish-child'] as const)
        simulator.activity.step(1, kind);
    }
    const gone = (await rows()).filter((row) => row.table === 'recordings' && row.gone);
    const byFile = Map.groupBy(gone, ({ values }) => values.filename);
    for (const lines of byFile.values()) expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
    expect([...byFile.values()].some((lines) => lines.length === 2)).toBe(true);
  });
});
