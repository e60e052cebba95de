import assert from 'node:assert/strict';
import {
  type BuildStep,
  type ContactTree,
  type InboundCall,
  type Indexing,
  isSinkError,
  type StoreSink,
} from '@dbsync/core/contract';
import type { CaseBench } from '../case-bench.js';
import { sampleCall, sampleConnection, sampleContact, sampleTransaction } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';
import { expectStored } from '../stored-rows.js';

/** Indexes for reports are built beside the copy, and no row depends on them. */
export const indexingCases: readonly StoreCase[] = [
  indexingCase('R39 indexes are built once, beside writes, and change no row', async (bench) => {
    const writer = await bench.writer();
    const contacts = ['A1', 'B2', 'C3'].map((id) => sampleContact(id));
    const [first, ...later] = contacts;
    await writer.write({ contacts: first ? [first] : [] });
    const steps: BuildStep[] = [];
    const onStep = (step: BuildStep) => steps.push(step);
    const building = indexingOf(writer.sink).buildIndexes({ ...bench.options, onStep });
    for (const contact of later) await repeated(() => writer.write({ contacts: [contact] }));
    const { built, isLeft } = await building;
    assert.ok(built.length > 0, 'it built indexes');
    assert.equal(isLeft, false, 'some are left');
    assert.deepEqual(
      steps.map(({ step, of }) => [step, of]),
      built.map((_, at) => [at + 1, built.length]),
      'the numbers of the steps',
    );
    const other = await bench.open();
    for (const sink of [writer.sink, other]) {
      assert.deepEqual(
        await indexingOf(sink).buildIndexes(bench.options),
        { built: [], isLeft: false },
        'a second call',
      );
    }
    await expectStored(bench.target, { contacts });
  }),

  indexingCase('R39 values of any length are stored whole where indexes are', async (bench) => {
    const writer = await bench.writer();
    await indexingOf(writer.sink).buildIndexes(bench.options);
    const long = withLongValues('L1');
    await writer.write({ contacts: [long.contact], inboundCalls: [long.call] });
    await expectStored(bench.target, { contacts: [long.contact], inboundCalls: [long.call] });
  }),

  indexingCase('R39 values of any length that came first stop neither the build nor later writes', async (bench) => {
    const writer = await bench.writer();
    const [first, later] = [withLongValues('L1'), withLongValues('L2')];
    await writer.write({ contacts: [first.contact], inboundCalls: [first.call] });
    await indexingOf(writer.sink).buildIndexes(bench.options);
    await writer.write({ contacts: [later.contact], inboundCalls: [later.call] });
    await expectStored(bench.target, {
      contacts: [first.contact, later.contact],
      inboundCalls: [first.call, later.call],
    });
  }),

  indexingCase('R39 an aborted build ends, and the next one builds the rest', async (bench) => {
    const writer = await bench.writer();
    const contacts = [sampleContact('A1')];
    await writer.write({ contacts });
    const aborted = AbortSignal.abort(new Error('The run is being stopped.'));
    await assert.rejects(indexingOf(writer.sink).buildIndexes({ signal: aborted }), 'an aborted build');
    const { built } = await indexingOf(writer.sink).buildIndexes(bench.options);
    assert.ok(built.length > 0, 'it built indexes');
    await expectStored(bench.target, { contacts });
  }),
];

const MOST_WRITES = 20;

/** Writes again, as core does, where the write lost its locks to the build. */
async function repeated(write: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await write();
      return;
    } catch (error) {
      const mayRepeat = isSinkError(error) && error.verdict === 'retryable' && error.outcome === 'not-committed';
      if (!mayRepeat || attempt === MOST_WRITES) throw error;
    }
  }
}

/** The length of a text that no index of any engine takes, also when it compresses the text. */
const LENGTH = 10_000;

/** Returns digits without a pattern. */
function digitsFor(seed: string): string {
  let state = [...seed].reduce((sum, sign) => sum * 31 + (sign.codePointAt(0) ?? 0), 7);
  return Array.from({ length: LENGTH }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return String(Math.floor(state / 65_536) % 10);
  }).join('');
}

function withLongValues(contactId: string): { readonly contact: ContactTree; readonly call: InboundCall } {
  const long = (name: string) => digitsFor(`${contactId} ${name}`);
  const connection = sampleConnection(`${contactId}-c1`, { values: { user: long('user'), started: long('started') } });
  const transactions = [sampleTransaction(contactId, 1, { user: long('agent') }, [connection])];
  const values = { $phone: long('phone'), $status: long('status'), $follow_up_date: long('date') };
  const call = sampleCall(`${contactId}-call`, { calling_number: long('caller'), call_time: long('time') });
  return { contact: sampleContact(contactId, { values, transactions }), call };
}

function indexingOf({ indexing }: StoreSink): Indexing {
  assert.ok(indexing, 'the sink has indexing');
  return indexing;
}

function indexingCase(name: string, check: (bench: CaseBench) => Promise<void>): StoreCase {
  return storeCase(name, check, 'indexing');
}
