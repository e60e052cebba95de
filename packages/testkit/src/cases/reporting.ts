import assert from 'node:assert/strict';
import type { Reporting, StreamFacts } from '@dbsync/core/contract';
import { type CaseBench, STREAM, type Writer } from '../case-bench.js';
import { sampleCall, sampleContact, sampleDeadLetter } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';

/** Facts about a stream for an operator, which any process reads without a claim. */
export const reportingCases: readonly StoreCase[] = [
  reportingCase('status reads the last heartbeat of the holder, and a stale holder replaces none', async (bench) => {
    const stale = await bench.writer();
    assert.equal((await factsOf(bench, stale)).heartbeat, null);
    for (const text of ['{"n":1}', '{"n":2}']) await reportingOf(stale).keepHeartbeat(stale.claim, text, bench.options);
    const first = await factsOf(bench, stale);
    assert.equal(first.heartbeat?.text, '{"n":2}');
    assert.equal(first.heartbeat?.holder, first.heldBy?.holder);
    assert.ok((first.heartbeat?.ageMs ?? -1) >= 0, 'the age of a heartbeat');

    const newer = await bench.takeOver(stale);
    await reportingOf(newer).keepHeartbeat(newer.claim, '{"n":3}', bench.options);
    await reportingOf(stale).keepHeartbeat(stale.claim, '{"n":4}', bench.options).catch(ignoreFenced);
    const after = await factsOf(bench, newer);
    assert.equal(after.heartbeat?.text, '{"n":3}', 'the heartbeat of a holder that lost its claim');
    assert.equal(after.heldBy?.holder, newer.claim.holder);
  }),

  reportingCase(
    'status reads the streams of a target, each with its holder, progress, dead letters and requests',
    async (bench) => {
      const writer = await bench.writer();
      const other = await bench.writer({ stream: 'CAMPAIGN2' });
      assert.deepEqual(await reportingOf(writer).listStreams(bench.options), [STREAM, 'CAMPAIGN2']);
      assert.equal(await reportingOf(writer).describeStream('CAMPAIGN3', bench.options), null);
      const letters = ['K1', 'K2', 'K3'].map((key) => sampleDeadLetter(key));
      const deadLetters = letters.map((letter, index) =>
        index === 2 ? { ...letter, kind: 'fetch' as const } : letter,
      );
      await writer.write({ deadLetters, progress: PROGRESS });
      await writer.sink.postRequest(STREAM, { key: 'r1', kind: 'refetch', contactIds: ['A1'] }, bench.options);
      await other.sink.release(other.claim, bench.options);

      const facts = await factsOf(bench, writer);
      assert.equal(facts.heldBy?.holder, writer.claim.holder);
      assert.equal(facts.progress?.eventsUntil, PROGRESS.eventsUntil);
      assert.deepEqual(facts.deadLetters, { [letters[0]?.kind ?? '']: 2, fetch: 1 });
      assert.equal(facts.requests, 1);
      const free = await reportingOf(writer).describeStream('CAMPAIGN2', bench.options);
      assert.deepEqual(
        { heldBy: free?.heldBy, progress: free?.progress, deadLetters: free?.deadLetters, requests: free?.requests },
        { heldBy: null, progress: null, deadLetters: {}, requests: 0 },
      );
    },
  ),

  storeCase(
    'status counts the rows of each table',
    async (bench) => {
      const writer = await bench.writer();
      if (writer.sink.reporting === undefined) return;
      await writer.write({
        contacts: ['A1', 'B2', 'C3'].map((id) => sampleContact(id)),
        inboundCalls: [sampleCall('1')],
      });
      const counted = await reportingOf(writer).countRows(bench.options);
      for (const { kind, rows, isEstimate } of counted) {
        assert.equal(isEstimate, false, `${kind} of few rows is counted`);
        assert.equal(rows, (await bench.target.readRows(kind)).length, `rows of ${kind}`);
      }
      assert.equal(counted.find(({ kind }) => kind === 'contacts')?.rows, 3);
    },
    'rows',
  ),
];

const PROGRESS = {
  since: null,
  eventsUntil: '2026-03-02T08:00:00.000Z',
  listedFrom: null,
  fullyListedFrom: null,
  inboundUntil: null,
  backfill: null,
  md5Proves: true,
  md5AgreesSince: null,
  plan: null,
} as const;

function reportingCase(name: string, check: (bench: CaseBench) => Promise<void>): StoreCase {
  return storeCase(name, check, 'reporting');
}

function reportingOf({ sink }: Writer): Reporting {
  assert.ok(sink.reporting, 'the sink has reporting');
  return sink.reporting;
}

async function factsOf({ options }: CaseBench, writer: Writer): Promise<StreamFacts> {
  const facts = await reportingOf(writer).describeStream(STREAM, options);
  assert.ok(facts, 'the stream was claimed');
  return facts;
}

/** A store may report that the claim is lost. */
function ignoreFenced(): void {}
