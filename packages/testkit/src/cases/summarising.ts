import assert from 'node:assert/strict';
import type { CallSummary, StoreSink, SummaryRequest } from '@dbsync/core/contract';
import type { CaseBench } from '../case-bench.js';
import { expectSinkError } from '../expect-sink-error.js';
import { sampleCall, sampleConnection, sampleContact, sampleTransaction } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';

/** Sums of calls for reports. */
export const summarisingCases: readonly StoreCase[] = [
  summarisingCase('a summary adds up the calls of a period, by the days and hours of its zone', async (bench) => {
    const { write } = await bench.writer();
    await write({ contacts: [calledContact('A1')], inboundCalls: [sampleCall('I1', { campaign_id: 'CAMPAIGN1' })] });
    const reader = await bench.open();
    const sums = { transactions: 1, successes: 1, calls: 2, answered: 1, talkSec: 50.25 };
    assert.deepEqual(await summary(bench, reader), {
      hours: [
        { day: '2026-03-02', hour: 10, calls: 1, answered: 0, talkSec: 0 },
        { day: '2026-03-03', hour: 0, calls: 1, answered: 1, talkSec: 50.25 },
      ],
      agents: [{ agent: 'agent.1', ...sums }],
      allAgents: { agents: 1, ...sums },
      outcomes: [{ name: 'success', count: 1 }],
      allOutcomes: 1,
      inbound: { calls: 1, answered: 1, waitSec: 7.5 },
      statuses: [{ name: 'success', count: 1 }],
      allContacts: 1,
    });
    const { agents, inbound, hours } = await summary(bench, reader, { firstDay: '2026-03-03' });
    assert.deepEqual([hours.length, inbound], [1, { calls: 0, answered: 0, waitSec: 0 }], 'the next day alone');
    assert.deepEqual(agents, [{ agent: 'agent.1', ...sums, transactions: 0, successes: 0, calls: 1 }]);
  }),

  summarisingCase('a summary counts the rows of the campaign that it names, or of all', async (bench) => {
    for (const [stream, contactId] of [
      ['CAMPAIGN1', 'A1'],
      ['CAMPAIGN2', 'B1'],
    ] as const) {
      const { write } = await bench.writer({ stream });
      await write({ contacts: [calledContact(contactId, { $campaign_id: stream })] });
    }
    const reader = await bench.open();
    const counts = async (campaign: string | null) => {
      const { allContacts, allOutcomes, allAgents, hours } = await summary(bench, reader, { campaign });
      return [allContacts, allOutcomes, allAgents.calls, hours.reduce((sum, { calls }) => sum + calls, 0)];
    };
    assert.deepEqual(await counts('CAMPAIGN2'), [1, 1, 2, 2], 'one of the two');
    assert.deepEqual(await counts(null), [2, 2, 4, 4], 'both');
    assert.deepEqual(await counts("CAMPAIGN2' OR 1=1 --"), [0, 0, 0, 0], 'none of this name');
  }),

  summarisingCase('a summary names the most frequent ones, and its totals count the others too', async (bench) => {
    const { write } = await bench.writer();
    const contacts = [
      calledContact('A1', { $status: 'open' }, 'agent.1'),
      calledContact('A2', { $status: 'open' }, 'agent.1'),
      calledContact('A3', { $status: '<b>&"' }, '<script>alert(1)</script>'),
    ];
    await write({ contacts });
    const { agents, allAgents, statuses, allContacts } = await summary(bench, await bench.open(), { most: 1 });
    assert.deepEqual(statuses, [{ name: 'open', count: 2 }]);
    assert.deepEqual(
      agents.map(({ agent, calls }) => [agent, calls]),
      [['agent.1', 4]],
    );
    assert.deepEqual([allContacts, allAgents.agents, allAgents.calls], [3, 2, 6]);
  }),

  summarisingCase('a summary of a time zone that is none is refused', async (bench) => {
    const refusal = summary(bench, await bench.open(), { timeZone: 'Mars/Olympus' });
    await expectSinkError(refusal, { verdict: 'fatal' });
  }),
];

function summarisingCase(name: string, check: (bench: CaseBench) => Promise<void>): StoreCase {
  return storeCase(name, check, 'summarising');
}

const REQUEST: SummaryRequest = {
  timeZone: 'Europe/Madrid',
  firstDay: '2026-03-02',
  lastDay: '2026-03-03',
  campaign: null,
  most: 10,
};

async function summary(bench: CaseBench, sink: StoreSink, change: Partial<SummaryRequest> = {}): Promise<CallSummary> {
  assert.ok(sink.summarising, 'the sink has summarising');
  return sink.summarising.summarise({ ...REQUEST, ...change }, bench.options);
}

/** A contact with a call in the morning, and an answered one after midnight in Madrid, of one transaction. */
function calledContact(contactId: string, values = {}, user = 'agent.1') {
  const call = (id: string, times: Readonly<Record<string, string>>) =>
    sampleConnection(`${contactId}-${id}`, { values: { user, disconnected: null, ...times } }, []);
  const calls = [
    call('c1', { started: '2026-03-02T09:05:00.000Z' }),
    call('c2', {
      started: '2026-03-02T23:30:00.000Z',
      connected: '2026-03-02T23:30:10.000Z',
      disconnected: '2026-03-02T23:31:00.250Z',
    }),
  ];
  const transactions = [sampleTransaction(contactId, 1, { user }, calls)];
  return sampleContact(contactId, { values, transactions });
}
