import assert from 'node:assert/strict';
import { type ContactTree, fieldOf, isSinkError, type Json, rowsOfContact } from '@dbsync/core/contract';
import {
  md5Of,
  sampleCall,
  sampleConnection,
  sampleContact,
  sampleRecording,
  sampleTransaction,
  sampleTransactions,
} from '../samples/sample-contacts.js';
import { rowsCase, type StoreCase, storeCase } from '../store-case.js';
import type { StoreTarget } from '../store-subject.js';
import { expectStored, storedIds } from '../stored-rows.js';

/** A row belongs to one contact, under its present id. */
export const rowIdCases: readonly StoreCase[] = [
  rowsCase('ids that records had before are deleted with the write', async (bench) => {
    const { write } = await bench.writer();
    const [old] = sampleTransactions('A1');
    assert.ok(old);
    await write({ contacts: [sampleContact('A1')] });
    const below = old.connections.flatMap(({ id, recordings }) => [id, ...recordings.map((recording) => recording.id)]);
    const formerIds = [old.id, ...below, 'never-was'];
    const moved = sampleContact('A1', { md5: md5Of('newer'), transactions: [sampleTransaction('A1', 2)], formerIds });
    await write({ contacts: [moved] });
    await expectStored(bench.target, { contacts: [moved] });
  }),

  rowsCase('an id that a contact had before is not deleted from another contact', async (bench) => {
    const { write } = await bench.writer();
    const rows = [...rowsOfContact(sampleContact('A1'))].filter(({ table }) => table !== 'contacts');
    await write({ contacts: [sampleContact('A1')] });
    const claiming = sampleContact('B2', { formerIds: rows.map(({ id }) => id) });
    await write({ contacts: [claiming] });
    await expectStored(bench.target, { contacts: [sampleContact('A1'), claiming] });
  }),

  rowsCase('R18 an id that a row of another contact has stays with that contact', async (bench) => {
    const { write } = await bench.writer();
    const owner = contactWithConnection('A1', 'shared');
    const newcomer = contactWithConnection('B2', 'shared');
    await write({ contacts: [owner] });
    await write({ contacts: [newcomer] });
    const ids = await storedIds(bench.target, 'connections');
    await write({ contacts: [newcomer, owner] });
    assert.deepEqual(await storedIds(bench.target, 'connections'), ids, 'the ids when both are written again');
    for (const table of ['connections', 'recordings'] as const) {
      const stored = await bench.target.readRows(table);
      const byContact = new Map(stored.map((row) => [row.contactId, row]));
      assert.deepEqual([...byContact.keys()].sort(), ['A1', 'B2'], `the contacts that have ${table}`);
      const [owned] = [...rowsOfContact(owner)].filter((row) => row.table === table);
      assert.equal(byContact.get('A1')?.id, owned?.id, `the id of the first contact's row in ${table}`);
    }
  }),

  rowsCase("R18 two streams do not overwrite each other's rows of one contact", async (bench) => {
    const writers = [await bench.writer({ stream: 'ONE' }), await bench.writer({ stream: 'TWO' })];
    const rounds: (readonly string[])[] = [];
    for (let round = 0; round < 6; round++) {
      const { write, claim } = writers[round % 2] ?? assert.fail();
      const values = { $campaign_id: claim.stream, $comment: `${claim.stream} in turn ${round}` };
      await write({ contacts: [sampleContact('A1', { md5: md5Of(String(round)), values })] }).catch(unlessRefused);
      rounds.push(await streamsWithRows(bench.target));
    }
    refuseAlternation(rounds);
  }),

  rowsCase("R18 two streams do not overwrite each other's row of one inbound call", async (bench) => {
    const writers = [await bench.writer({ stream: 'ONE' }), await bench.writer({ stream: 'TWO' })];
    const rounds: (readonly string[])[] = [];
    for (let round = 0; round < 6; round++) {
      const { write, claim } = writers[round % 2] ?? assert.fail();
      const values = { campaign_id: claim.stream, state: `${claim.stream} in turn ${round}` };
      await write({ inboundCalls: [sampleCall('call-1', values)] }).catch(unlessRefused);
      const rows = await bench.target.readRows('inbound_calls');
      rounds.push(rows.map((row) => streamIn(fieldOf(row.values, 'state'))));
    }
    refuseAlternation(rounds);
  }),

  storeCase(
    'R18 notify reports a contact that goes to another stream, at warn, with its id',
    async (bench) => {
      for (const stream of ['ONE', 'TWO']) {
        const { write } = await bench.writer({ stream });
        const values = { $campaign_id: stream, $comment: `${stream} alone` };
        await write({ contacts: [sampleContact('A1', { md5: md5Of(stream), values })] }).catch(unlessRefused);
      }
      const hasMoved = !(await streamsWithRows(bench.target)).includes('ONE');
      const reported = (bench.target.notices?.() ?? []).filter(({ message }) => message.includes('A1'));
      const levels = reported.map(({ level }) => level);
      assert.ok(!hasMoved || levels.includes('warn'), `the levels of the notices about A1: ${JSON.stringify(levels)}`);
    },
    'notices',
  ),
];

/** Fails where a stream took the record more than once. */
function refuseAlternation(rounds: readonly (readonly string[])[]): void {
  for (const stream of ['ONE', 'TWO']) {
    const returns = rounds.filter((has, round) => has.includes(stream) && !(rounds[round - 1] ?? []).includes(stream));
    assert.ok(returns.length <= 1, `${stream} took the record ${returns.length} times: ${JSON.stringify(rounds)}`);
  }
}

function unlessRefused(error: unknown): void {
  if (!isSinkError(error) || error.verdict !== 'refused') throw error;
}

/** Returns the streams of a contact, by the rows of contacts. */
async function streamsWithRows(target: StoreTarget): Promise<readonly string[]> {
  const rows = await target.readRows('contacts');
  return rows.map(({ values }) => streamIn(fieldOf(values, '$comment')));
}

function streamIn(value: Json | undefined): string {
  return String(value).split(' ')[0] ?? '';
}

function contactWithConnection(contactId: string, connectionId: string): ContactTree {
  const recordings = [sampleRecording(connectionId, 'https://records.example/a.mp3')];
  const connections = [sampleConnection(connectionId, { recordings })];
  return sampleContact(contactId, { transactions: [sampleTransaction(contactId, 1, {}, connections)] });
}
