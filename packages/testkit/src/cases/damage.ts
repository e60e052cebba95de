import assert from 'node:assert/strict';
import { type CaseBench, STREAM, type Writer } from '../case-bench.js';
import {
  sampleCall,
  sampleConnection,
  sampleContact,
  sampleProgress,
  sampleRecording,
  sampleTransaction,
} from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import type { LosablePart } from '../store-subject.js';
import { expectStored } from '../stored-rows.js';

/** A store finds what another program deleted, so that core copies it again. */
export const damageCases: readonly StoreCase[] = [
  lossCase('R16b lost progress is reported, and the next copy is complete again', 'progress'),
  lossCase('R16b lost rows are reported, and the next copy is complete again', 'rows'),

  storeCase(
    'R16b with compareRows a contact that lost a row or gained one has no known version',
    async (bench) => {
      const { sink, claim, write } = await bench.writer();
      const contacts = ['A1', 'B2', 'C3'].map((id) => sampleContact(id));
      await write({ contacts });
      const known = async (compareRows: boolean) => {
        const versions = await sink.readVersions(claim, ['A1', 'B2', 'C3'], { ...bench.options, compareRows });
        return [...versions.keys()].sort();
      };
      assert.deepEqual(await known(true), ['A1', 'B2', 'C3'], 'known while all is there');
      await bench.target.damage?.deleteRow('recordings', recordingOf('A1'));
      assert.deepEqual(await known(true), ['B2', 'C3'], 'known when a row of A1 is gone');
      assert.deepEqual(await known(false), ['A1', 'B2', 'C3'], 'known by what was written');
      await write({ contacts: contacts.slice(0, 1) });
      assert.deepEqual(await known(true), ['A1', 'B2', 'C3'], 'known when A1 has been written again');
      await write({ contacts: [sampleContact('B2', { md5: 'shorter', transactions: [] })] });
      assert.deepEqual(await known(true), ['A1', 'B2', 'C3'], 'known when B2 keeps rows that its body lacks');
    },
    'damage',
  ),

  storeCase(
    'R8 rows that are written again after another program deleted them are not reported',
    async (bench) => {
      const { write } = await bench.writer();
      const contacts = [sampleContact('A1'), sampleContact('B2')];
      await write({ contacts });
      await bench.target.damage?.deleteRow('recordings', recordingOf('A1'));
      const changed = sampleContact('B2', { transactions: [sampleTransaction('B2', 1, { status: 'later' })] });
      const { changedUnderSameMd5 } = await write({ contacts: [sampleContact('A1'), changed] });
      assert.deepEqual(changedUnderSameMd5, ['B2'], 'the contacts that are reported');
    },
    'damage',
  ),
];

const CONTACTS = ['A1', 'B2', 'C3'].map((id) => sampleContact(id, { values: { $campaign_id: STREAM } }));
const CALLS = ['call-1', 'call-2'].map((id) => sampleCall(id, { campaign_id: STREAM, contact_id: 'A1' }));

/** Loses each part that holds this, one after the other, and copies again after each. */
function lossCase(name: string, held: LosablePart['holds']): StoreCase {
  return storeCase(
    name,
    async (bench) => {
      const first = await bench.writer();
      await first.write({ contacts: CONTACTS, inboundCalls: CALLS, progress: sampleProgress(1) });
      let last = first;
      for (const part of (await bench.target.damage?.parts()) ?? []) {
        if (part.holds !== held) continue;
        await part.lose();
        last = await copyAgain(bench, last, part);
      }
    },
    'damage',
  );
}

/**
 * Takes over with another sink, and copies as core does: all that is not known, and calls where the store reports a
 * loss.
 */
async function copyAgain(bench: CaseBench, from: Writer, { name, holds }: LosablePart): Promise<Writer> {
  await from.sink.close();
  const planned = await planOf(bench);
  const writer = await bench.takeOver(from);
  const { sink, claim, write } = writer;
  const { progress, hasForeignRows, hasLostRows = false } = await sink.readState(STREAM, bench.options);
  if (holds === 'rows' && planned !== null) assert.equal(planned.losesRows, true, `losesRows without ${name}`);
  if (holds === 'progress') assert.deepEqual([progress, hasForeignRows], [null, true], `without ${name}, the state`);
  else assert.equal(hasLostRows, true, `hasLostRows without ${name}`);
  const ids = CONTACTS.map(({ contactId }) => contactId);
  const versions = await sink.readVersions(claim, ids, { ...bench.options, compareRows: true });
  const contacts = CONTACTS.filter(({ contactId, md5 }) => versions.get(contactId)?.md5 !== md5);
  await write({ contacts, inboundCalls: CALLS, progress: sampleProgress(2) });
  try {
    await expectStored(bench.target, { contacts: CONTACTS, inboundCalls: CALLS });
  } catch (cause) {
    throw new Error(`What is stored after a copy without ${name}`, { cause });
  }
  const after = await sink.readState(STREAM, bench.options);
  assert.equal(after.hasLostRows ?? false, false, `hasLostRows after the copy without ${name}`);
  return writer;
}

/** Returns what a sink that plans tells of the next start; null for any other sink. */
async function planOf({ target, options }: CaseBench) {
  const sink = target.plans ? target.looked?.createChecker?.() : undefined;
  if (sink?.planChanges === undefined) return null;
  await sink.open(options);
  try {
    return await sink.planChanges([], options);
  } finally {
    await sink.close();
  }
}

/** Returns the recording of the first connection of a sample contact. */
function recordingOf(contactId: string): string {
  const connection = sampleConnection(`${contactId}-c1`);
  return sampleRecording(connection.id, `https://records.example/${connection.id}.mp3`).id;
}
