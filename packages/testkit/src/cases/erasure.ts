import assert from 'node:assert/strict';
import { type Erasure, isSinkError, type RowTable, type StoreSink } from '@dbsync/core/contract';
import { type CaseBench, STREAM } from '../case-bench.js';
import { sampleCall, sampleContact, sampleDeadLetter } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { storedIds } from '../stored-rows.js';

/** No data of a forgotten contact stays, and none comes back. */
export const erasureCases: readonly StoreCase[] = [
  erasureCase('R37 no record of a forgotten contact is left, and other contacts keep all theirs', async (bench) => {
    const { sink, write } = await bench.writer();
    const others = [sampleContact('B2'), sampleContact('a1')];
    await write({ contacts: others, inboundCalls: [sampleCall('call-2', { contact_id: 'B2' })] });
    const before = await allIds(bench);
    await write({ contacts: [sampleContact('A1')], inboundCalls: [sampleCall('call-1', { contact_id: 'A1' })] });
    await write({ deadLetters: LETTERS });
    const [erased] = await erasureOf(sink).forget(['A1'], bench.options);
    assert.equal(erased?.contactId, 'A1');
    assert.ok(erased.erased !== null && Object.values(erased.erased).some((count) => count > 0), 'the numbers of rows');
    assert.deepEqual(await allIds(bench), before, 'the rows left');
    assert.deepEqual(await lettersOf(sink, bench), ['k9'], 'the dead letters left');
  }),

  erasureCase('R37 records of a forgotten contact are left out of a batch, and the rest commits', async (bench) => {
    const writer = await bench.writer();
    await erasureOf(writer.sink).forget(['A1'], bench.options);
    const next = await bench.takeOver(writer);
    await next.write({
      contacts: [sampleContact('A1'), sampleContact('B2')],
      inboundCalls: [sampleCall('call-1', { contact_id: 'A1' })],
    });
    await next.write({ deadLetters: LETTERS });
    assert.deepEqual(await storedIds(bench.target, 'contacts'), ['B2'], 'the contacts');
    assert.deepEqual(await storedIds(bench.target, 'inbound_calls'), [], 'the calls');
    assert.deepEqual(await lettersOf(next.sink, bench), ['k9'], 'the dead letters');
  }),

  erasureCase('R37 a write beside forget leaves no record of the contact', async (bench) => {
    const writer = await bench.writer();
    const admin = await bench.open();
    for (let round = 0; round < 5; round += 1) {
      const id = `A${round}`;
      await writer.write({ contacts: [sampleContact(id)] });
      const contacts = Array.from({ length: 40 }, (_, nr) => sampleContact(nr === 20 ? id : `B${round}-${nr}`));
      const changed = contacts.map((tree) => ({ ...tree, values: { ...tree.values, city: `city ${round}` } }));
      const forget = () => erasureOf(admin).forget([id], bench.options);
      const writing = writer.write({ contacts: changed });
      const [, forgetting] = await Promise.allSettled([writing.catch(expectRetryable), forget()]);
      if (forgetting.status === 'rejected') {
        expectRetryable(forgetting.reason);
        await forget();
      }
      assert.ok(!(await storedIds(bench.target, 'contacts')).includes(id), `contact ${id}`);
    }
    assert.deepEqual(
      (await bench.target.readRows('transactions')).filter(({ contactId }) => contactId?.startsWith('A')),
      [],
      'rows below',
    );
  }),

  erasureCase('R37 a forgotten contact is listed as forgotten until it is allowed again', async (bench) => {
    const { sink, claim, write } = await bench.writer();
    await write({ contacts: [sampleContact('A1'), sampleContact('B2')] });
    const erasure = erasureOf(sink);
    await erasure.forget(['A1', 'C3'], bench.options);
    const forgotten = async () => {
      const versions = await sink.readVersions(claim, ['A1', 'B2', 'C3'], { ...bench.options, compareRows: true });
      return [...versions].filter(([, version]) => version.forgotten).map(([id]) => id);
    };
    assert.deepEqual((await forgotten()).sort(), ['A1', 'C3'], 'the versions');
    const known = await (await bench.open()).erasure?.readForgotten(['B2', 'C3'], bench.options);
    assert.deepEqual(
      known?.map(({ contactId }) => contactId),
      ['C3'],
      'the forgotten contacts',
    );
    await erasure.remember(['A1', 'C3'], bench.options);
    assert.deepEqual(await forgotten(), [], 'the versions afterwards');
    await write({ contacts: [sampleContact('A1')] });
    assert.deepEqual(await storedIds(bench.target, 'contacts'), ['A1', 'B2'], 'the contacts afterwards');
  }),

  erasureCase(
    'R37 a command that bypasses the mailbox withdraws the waiting requests about its contacts',
    async (bench) => {
      const { sink, claim } = await bench.writer();
      const post = (key: string, kind: 'forget' | 'remember', contactIds: readonly string[]) =>
        sink.postRequest(STREAM, { key, kind, contactIds }, bench.options);
      const waiting = async () =>
        (await sink.takeRequests(claim, bench.options)).map((request) =>
          'contactIds' in request ? request.contactIds : [],
        );
      await post('r1', 'remember', ['A1']);
      await post('r2', 'remember', ['A1', 'B2']);
      await post('r3', 'forget', ['C3']);
      const command = { stream: STREAM, by: { user: 'ada', host: 'desk-7' } };
      await erasureOf(sink).forget(['A1'], { ...bench.options, command });
      assert.deepEqual(await waiting(), [['B2'], ['C3']], 'the requests after forget');
      await erasureOf(sink).remember(['C3'], { ...bench.options, command });
      assert.deepEqual(await waiting(), [['B2']], 'the requests after remember');
      await erasureOf(sink).forget(['B2'], bench.options);
      assert.deepEqual(await waiting(), [['B2']], 'the requests after the call of a holder');
    },
  ),
];

const LETTERS = [
  sampleDeadLetter('k1', { kind: 'contact', contactId: 'A1' }),
  sampleDeadLetter('k2', { kind: 'message', contactId: 'A1' }),
  sampleDeadLetter('k3', { kind: 'inbound-call', body: '{"contact_id":"A1","n":1.10}' }),
  sampleDeadLetter('k9', { kind: 'contact', contactId: 'Z9' }),
];

function erasureCase(name: string, check: (bench: CaseBench) => Promise<void>): StoreCase {
  return storeCase(name, check, 'erasure');
}

function erasureOf({ erasure }: StoreSink): Erasure {
  assert.ok(erasure, 'the sink has an erasure');
  return erasure;
}

const TABLES: readonly RowTable[] = ['contacts', 'transactions', 'connections', 'recordings', 'inbound_calls'];

async function allIds({ target }: CaseBench) {
  return Promise.all(TABLES.map((table) => storedIds(target, table)));
}

async function lettersOf(sink: StoreSink, { options }: CaseBench) {
  return (await sink.listDeadLetters(STREAM, { ...options, limit: 100 })).map(({ key }) => key);
}

/** Accepts a retryable error: two transactions may have met, and core repeats such a call. */
function expectRetryable(error: unknown): void {
  assert.ok(isSinkError(error) && error.verdict === 'retryable', String(error));
}
