import { createHttpTransport, type HttpTransport, isDbsyncError } from '@dbsync/core';
import { type ContactTree, isSinkError, rowsOfContact, type StoreSink } from '@dbsync/core/contract';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget, sampleContact } from '@dbsync/testkit';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { batchOf, claimOf, never } from '../harness/sqlite-file.ts';
import { type CopyTarget, ENGINES, openTargets } from '../harness/targets.ts';

/** HTTP, with a record of the contacts that were asked for. */
function createRecordingTransport({ url, campaign, token }: Simulator) {
  const limits = { idleMs: 60_000, deadlineMs: 60_000, maxAnswerBytes: 64 << 20 };
  const http = createHttpTransport({ apiUrl: url, campaign, token, ...limits });
  const asked = new Set<string>();
  const transport: HttpTransport = {
    ...http,
    send(request, signal) {
      if (request.path === 'contacts/') for (const id of request.body ?? []) asked.add(id);
      return http.send(request, signal);
    },
  };
  return { transport, asked };
}

it('R37 a daemon forgets a contact, never asks for it again, and fetches it when it is let in again', async () => {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 30, inboundCalls: 5, clock });
  onTestFinished(() => simulator.close());
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  const { transport, asked } = createRecordingTransport(simulator);
  const run = startRun({ simulator, store: createMemoryStore(target), clock, transport, mode: 'db_sync' });
  await Promise.all([run.next('part-done', ({ part }) => part === 'listing'), run.next('cycle')]);
  const ticking = setInterval(() => clock.jump(5_000), 20);
  onTestFinished(() => clearInterval(ticking));
  const requests = target.streams.get(simulator.campaign)?.requests;
  const [id = ''] = target.contacts.keys();
  const reported = run.next('notice', ({ code }) => code === 'CONTACTS_FORGOTTEN');
  requests?.set('f', { key: 'f', kind: 'forget', contactIds: [id] });
  expect((await reported).message).not.toContain(id);
  expect(target.contacts.has(id)).toBe(false);

  asked.clear();
  const changed = new Set<string | null>();
  while (!changed.has(id)) for (const { contactId } of simulator.activity.step(10, 'edit')) changed.add(contactId);
  while (!changed.has(`${id} called`)) {
    for (const event of simulator.activity.step(10, 'transaction')) changed.add(`${event.contactId} called`);
  }
  for (let listing = 0; listing < 2; listing++) await run.next('part-done', ({ part }) => part === 'listing');
  clock.jump(86_400_000);
  await run.next('part-done', ({ part, contacts }) => part === 'listing' && contacts >= 30);
  await run.next('cycle');
  expect(asked.size).toBeGreaterThan(0);
  expect(asked.has(id)).toBe(false);
  expect(target.contacts.has(id)).toBe(false);

  const fetched = run.next('progress', () => target.contacts.has(id));
  requests?.set('r', { key: 'r', kind: 'remember', contactIds: [id] });
  await fetched;
  expect(asked.has(id)).toBe(true);
  await run.stop();
});

const IDS = ['A0', 'A1', 'A2'] as const;

/** The acts that happen beside each other in a round. */
interface Act {
  readonly do: 'write' | 'forget' | 'remember' | 'take over';
  readonly ids: readonly string[];
  readonly text: string;
}

const ACT: fc.Arbitrary<Act> = fc.record({
  do: fc.constantFrom(
    'write' as const,
    'write' as const,
    'write' as const,
    'forget' as const,
    'remember' as const,
    'take over' as const,
  ),
  ids: fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 1 }),
  text: fc.constantFrom('a', 'b', 'c'),
});
const ROUNDS = fc.array(fc.array(ACT, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
const CASES = Math.ceil(Number(process.env.DBSYNC_TEST_CASES ?? 100) / 25);

/** SQL Server is left out: the statements are the same. */
for (const engine of ENGINES.filter((name) => name !== 'mssql' && name !== 'mysql')) {
  it(`${engine}: R37 forget beside writes of the same contact never leaves a row, under any writer`, async () => {
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const stores = await Promise.all([openStore(target), openStore(target), openStore(target)]);
    await fc.assert(
      fc.asyncProperty(ROUNDS, async (rounds) => {
        const copy = await createModel(stores, target);
        for (const round of rounds) {
          await copy.perform(round);
          expect(await copy.forbidden()).toEqual([]);
        }
        await stores[2]?.erasure?.remember(IDS, never);
      }),
      { numRuns: CASES },
    );
    for (const store of stores) await store.close();
  });
}

async function openStore({ url }: CopyTarget): Promise<StoreSink> {
  const store = await loadStore(url);
  await store.open(never);
  await store.declareFields([{ name: 'city', type: 'text' }], never);
  return store;
}

/** Creates two writers, of which the last to claim may write, and an administrator beside them. */
async function createModel([first, second, admin]: readonly StoreSink[], target: CopyTarget) {
  if (first === undefined || second === undefined || admin === undefined) throw new Error('three stores');
  let claim = await claimOf(first, { leaseMs: 600_000, ...(await holderOf(first)) });
  let writer = first;
  const forgotten = new Set<string>();
  let claiming: Promise<unknown> = Promise.resolve();
  const takeOver = async () => {
    const next = writer === first ? second : first;
    claim = await claimOf(next, { leaseMs: 600_000, takeOverFrom: claim.holder });
    writer = next;
  };
  const perform = async ({ do: what, ids, text }: Act) => {
    if (what === 'forget') return void (await admin.erasure?.forget(ids, never));
    if (what === 'remember') return void (await admin.erasure?.remember(ids, never));
    if (what === 'write')
      return void (await writer.write(batchOf({ contacts: ids.map((id) => person(id, text)) }), claim, never));
    // One after the other: each takes over from the last.
    claiming = claiming.then(takeOver);
    await claiming;
  };
  return {
    async perform(round: readonly Act[]) {
      const ends = await Promise.allSettled(round.map(perform));
      for (const [at, end] of ends.entries()) {
        if (end.status === 'fulfilled') continue;
        expectPassing(end.reason);
        const act = round[at];
        if (act !== undefined && act.do !== 'write' && act.do !== 'take over') await perform(act);
      }
      for (const { do: what, ids } of round) if (what === 'forget') for (const id of ids) forgotten.add(id);
      for (const { do: what, ids } of round) if (what === 'remember') for (const id of ids) forgotten.delete(id);
    },
    forbidden: () => rowsOf(target, [...forgotten]),
  };
}

async function holderOf(store: StoreSink) {
  const { heldBy } = await store.readState('C1', never);
  return heldBy ? { takeOverFrom: heldBy.holder } : {};
}

function person(id: string, city: string): ContactTree {
  const contact = sampleContact(id);
  return { ...contact, values: { ...contact.values, city } };
}

/** Returns the rows of these contacts. */
async function rowsOf(target: CopyTarget, contactIds: readonly string[]): Promise<readonly string[]> {
  const rows = contactIds.flatMap((id) => [...rowsOfContact(sampleContact(id))]);
  return target.read(async (copy) => {
    const found: string[] = [];
    for (const { table, id } of rows) {
      if ((await copy.rowsOf(table, [id])).length > 0) found.push(`${table} ${id}`);
    }
    return found;
  });
}

/** Accepts the error of a transaction that met another, or of a writer whose claim was taken over. */
function expectPassing(error: unknown): void {
  if (isDbsyncError(error) || !isSinkError(error)) throw error;
  expect(['retryable', 'fenced'], error.message).toContain(error.verdict);
}
