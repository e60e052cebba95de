import type { RunEvent } from '@dbsync/core';
import { beforeEach, expect, it } from 'vitest';
import { cycleEvent, progressEvent, waitingEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { createRunFigures } from './metrics-figures.js';
import { createRunMetrics } from './metrics-registry.js';

let nowMs: number;
let hear: (event: RunEvent) => void;
let scrape: () => Promise<readonly string[]>;

beforeEach(() => {
  nowMs = 0;
  const figures = createRunFigures(() => nowMs);
  const isKnownCode = (code: string) => code === 'API_DOWN';
  const { registry, observe } = createRunMetrics({ figures, isKnownCode, version: '1.2.3' });
  hear = (event) => {
    figures.observe(event);
    observe(event);
  };
  scrape = async () => (await registry.metrics()).split('\n');
});

it('shows the totals of a run as counters, however often it is scraped', async () => {
  const totals = {
    contactsFetched: 1,
    contactsWritten: 2,
    inboundCallsWritten: 3,
    rowsInserted: 4,
    rowsUpdated: 5,
    rowsUnchanged: 6,
    bytesWritten: 7,
    apiRequests: 8,
    apiRetries: 9,
    writeRetries: 10,
  };
  hear(progressEvent({ rowsInserted: 3 }));
  await scrape();
  hear(progressEvent(totals));
  await scrape();
  expect(await scrape()).toEqual(
    expect.arrayContaining([
      '# TYPE dbsync_contacts_fetched_total counter',
      'dbsync_contacts_fetched_total 1',
      'dbsync_contacts_written_total 2',
      'dbsync_inbound_calls_written_total 3',
      'dbsync_rows_inserted_total 4',
      'dbsync_rows_updated_total 5',
      'dbsync_rows_unchanged_total 6',
      'dbsync_written_bytes_total 7',
      'dbsync_api_requests_total 8',
      'dbsync_api_retries_total 9',
      'dbsync_write_retries_total 10',
      'dbsync_build_info{version="1.2.3"} 1',
    ]),
  );
});

it('counts dead letters by kind, from 0 on, and a kind that it does not know as another', async () => {
  const letter = { type: 'dead-letter', contactId: 'A', code: 'X', reason: 'because' } as const;
  hear({ ...letter, kind: 'contact' });
  hear({ ...letter, kind: 'contact' });
  hear({ ...letter, kind: 'toString' });
  expect(await scrape()).toEqual(
    expect.arrayContaining([
      'dbsync_dead_letters_total{kind="fetch"} 0',
      'dbsync_dead_letters_total{kind="contact"} 2',
      'dbsync_dead_letters_total{kind="other"} 1',
    ]),
  );
});

it('counts a wait once, by a code that is known, and measures it', async () => {
  hear(waitingEvent('api', 'API_DOWN'));
  hear(waitingEvent('api', 'API_DOWN', 60_000));
  hear(waitingEvent('store', 'CODE_OF_A_SINK'));
  nowMs = 1_500;
  const lines = await scrape();
  expect(lines.filter((line) => line.startsWith('dbsync_waits_total'))).toEqual([
    'dbsync_waits_total{target="api",code="API_DOWN"} 1',
    'dbsync_waits_total{target="store",code="other"} 1',
  ]);
  expect(lines).toContain('dbsync_waiting_seconds{target="api"} 61.5');
  expect(lines).toContain('dbsync_waiting_seconds{target="store"} 1.5');
});

it('leaves out what is not known, and takes it out again while it stands by', async () => {
  const samples = async () =>
    (await scrape()).filter((line) => /^dbsync_(lag|last_\w+_age|claim_held)/.test(line)).sort();
  expect(await samples()).toEqual(['dbsync_claim_held 0']);
  hear({ type: 'claimed', epoch: 1n });
  hear({ type: 'part-done', part: 'listing', contacts: 1, tookMs: 1, until: null });
  hear(cycleEvent({ lagMs: 2_000 }));
  nowMs = 1_000;
  expect(await samples()).toEqual([
    'dbsync_claim_held 1',
    'dbsync_lag_seconds 3',
    'dbsync_last_cycle_age_seconds 1',
    'dbsync_last_listing_age_seconds 1',
  ]);
  hear({ type: 'standby', holder: 'process 1 on elsewhere', expiresInMs: 1_000 });
  expect(await samples()).toEqual(['dbsync_claim_held 0']);
});

it('puts the time that cycles took into buckets', async () => {
  hear(cycleEvent({ tookMs: 700 }));
  hear(cycleEvent({ tookMs: 40_000 }));
  expect(await scrape()).toEqual(
    expect.arrayContaining([
      'dbsync_cycle_duration_seconds_bucket{le="0.5"} 0',
      'dbsync_cycle_duration_seconds_bucket{le="1"} 1',
      'dbsync_cycle_duration_seconds_bucket{le="60"} 2',
      'dbsync_cycle_duration_seconds_sum 40.7',
      'dbsync_cycle_duration_seconds_count 2',
    ]),
  );
});

it('counts how attempts to deliver ended, from 0 on', async () => {
  const lines = async () => (await scrape()).filter((line) => line.startsWith('dbsync_deliveries_total'));
  expect(await lines()).toContain('dbsync_deliveries_total{outcome="accepted"} 0');
  hear({ type: 'delivery', accepted: 3, failed: 2, postponed: 1, dead: 0 });
  hear({ type: 'delivery', accepted: 1, failed: 0, postponed: 0, dead: 4 });
  expect(await lines()).toEqual([
    'dbsync_deliveries_total{outcome="accepted"} 4',
    'dbsync_deliveries_total{outcome="failed"} 2',
    'dbsync_deliveries_total{outcome="postponed"} 1',
    'dbsync_deliveries_total{outcome="dead"} 4',
  ]);
});

it('shows what waits to be delivered, ever older, and nothing of it before it is known or on a standby', async () => {
  const samples = async () => (await scrape()).filter((line) => line.startsWith('dbsync_backlog'));
  const ended = { accepted: 0, failed: 0, postponed: 0, dead: 0 };
  expect(await samples()).toEqual([]);
  hear({ type: 'backlog', messages: 7, contacts: 2, oldestMs: 5_000, ended });
  nowMs = 1_500;
  expect(await samples()).toEqual([
    'dbsync_backlog_messages 7',
    'dbsync_backlog_contacts 2',
    'dbsync_backlog_oldest_age_seconds 6.5',
  ]);
  hear({ type: 'backlog', messages: 0, contacts: 0, oldestMs: null, ended });
  nowMs = 9_000;
  expect(await samples()).toContain('dbsync_backlog_oldest_age_seconds 0');
  hear({ type: 'standby', holder: 'process 1 on elsewhere', expiresInMs: 1_000 });
  expect(await samples()).toEqual([]);
});

it('R31 shows the state of the breaker of deliveries, and the time to its next try', async () => {
  const samples = async () => (await scrape()).filter((line) => line.startsWith('dbsync_breaker'));
  expect(await samples()).toEqual([]);
  hear({ type: 'breaker', state: 'down', nextTryInMs: 60_000 });
  nowMs += 20_000;
  expect((await samples()).filter((line) => !line.endsWith(' 0'))).toEqual([
    'dbsync_breaker_state{state="down"} 1',
    'dbsync_breaker_next_try_seconds 40',
  ]);
  hear({ type: 'breaker', state: 'closed', nextTryInMs: null });
  expect(await samples()).toEqual([
    'dbsync_breaker_state{state="closed"} 1',
    'dbsync_breaker_state{state="unproven"} 0',
    'dbsync_breaker_state{state="down"} 0',
    'dbsync_breaker_state{state="refusing"} 0',
    'dbsync_breaker_state{state="gone"} 0',
    'dbsync_breaker_next_try_seconds 0',
  ]);
  hear({ type: 'standby', holder: 'process 1 on elsewhere', expiresInMs: 1_000 });
  expect(await samples()).toEqual([]);
});

it('counts what was refused for good, and shows a pause of deliveries from the cycle on that tells of it', async () => {
  const samples = async () => (await scrape()).filter((line) => /^dbsync_deliveries_(?:refused|paused)/.test(line));
  expect(await samples()).toEqual(['dbsync_deliveries_refused_total 0', 'dbsync_deliveries_paused 0']);
  for (const code of ['DELIVERY_REFUSED', 'DELIVERY_EXHAUSTED']) {
    hear({ type: 'dead-letter', kind: 'message', contactId: 'C1', code, reason: 'HTTP 409 Conflict' });
  }
  hear(cycleEvent({ deliveries: { state: 'paused', by: 'ada@host', forMs: 1_000 } }));
  expect(await samples()).toEqual(['dbsync_deliveries_refused_total 1', 'dbsync_deliveries_paused 1']);
  hear(cycleEvent({ deliveries: { state: 'up' } }));
  expect(await samples()).toEqual(['dbsync_deliveries_refused_total 1', 'dbsync_deliveries_paused 0']);
});
