import type { CampaignStatus } from '@dbsync/core/cli-kit';
import type { RowCount } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { statusReport } from './status-report.js';
import { statusLines } from './status-text.js';

const NOW = '2026-03-02T12:00:00.000Z';
const MINUTE_MS = 60_000;

const CURRENT: CampaignStatus = {
  campaign: 'CAMPAIGN',
  state: 'current',
  behindMs: 40_000,
  allowedMs: 3 * MINUTE_MS,
  nowMs: Date.parse(NOW),
  heldBy: {
    holder: '1',
    plan: '',
    process: { host: 'web-1', bootId: '', pid: 4711, startedAt: '' },
    beats: '1',
    expiresInMs: 1,
  },
  heartbeat: {
    mode: 'db_sync',
    intervalMs: MINUTE_MS,
    heldMs: 260 * MINUTE_MS,
    lagMs: 2_000,
    cycle: { agoMs: 0, tookMs: 1_200, contacts: 3 },
    copied: null,
    filling: null,
    trouble: null,
  },
  heartbeatMs: 38_000,
  isOfHolder: true,
  keepsHeartbeats: true,
  progress: {
    since: null,
    eventsUntil: '2026-03-02T11:59:20.000Z',
    listedFrom: '2026-03-02T11:57:00.000Z',
    fullyListedFrom: '2026-03-02T03:12:00.000Z',
    inboundUntil: '2026-03-02T11:59:20.000Z',
    backfill: null,
    md5Proves: true,
    md5AgreesSince: null,
    plan: null,
  },
  deadLetters: { fetch: 2, contact: 1 },
  requests: 0,
};
const TABLES: readonly RowCount[] = [
  { kind: 'contacts', table: 'mcall_contacts', rows: 44_183, isEstimate: false },
  { kind: 'transactions', table: 'mcall_transactions', rows: 1_204_000, isEstimate: true },
];
const TARGET = 'postgres://db.example.com/calls';

function lines(status: Partial<CampaignStatus>, tables = TABLES): string {
  const text = statusLines(statusReport(TARGET, [{ ...CURRENT, ...status }], tables, []));
  for (const line of text) expect(line.length).toBeLessThanOrEqual(80);
  return text.join('\n');
}

it('writes the state in words first, then the facts and the rows of each table', () => {
  expect(lines({})).toBe(
    [
      'Current: 40 s behind.',
      'Campaign CAMPAIGN in postgres://db.example.com/calls',
      '',
      'Held by        process 4711 on web-1, db_sync, for 4 h 20 min',
      'Last cycle     38 s ago; it took 1.2 s',
      'Events         copied up to 2026-03-02 11:59:20 UTC',
      'Inbound calls  copied up to 2026-03-02 11:59:20 UTC',
      'Last listing   of changes: 2026-03-02 11:57:00 UTC (3 min ago)',
      '               of all contacts: 2026-03-02 03:12:00 UTC (8 h 48 min ago)',
      'Dead letters   3 (2 fetch, 1 contact): see dbsync dead-letters list',
      'Requests       0 in the mailbox',
      '',
      'TABLE               ROWS',
      '------------------  ---------------',
      'mcall_contacts      44,183',
      'mcall_transactions  about 1,204,000',
    ].join('\n'),
  );
});

it('names the error that a late copy waits for', () => {
  const heartbeat = CURRENT.heartbeat && {
    ...CURRENT.heartbeat,
    trouble: { for: 'api', code: 'API_UNREACHABLE', forMs: 11 * MINUTE_MS } as const,
  };
  const text = lines({ state: 'late', behindMs: 12 * MINUTE_MS, heartbeat });
  expect(text).toMatch(/^Late: 12 min behind; up to 3 min is usual\.\n/);
  expect(text).toContain('It has waited for the API for 11 min 38 s: API_UNREACHABLE, see docs/errors.md.');
});

it('says that no process holds the campaign, that an earlier version made the copy, and that a first copy is under way', () => {
  expect(lines({ state: 'unheld', heldBy: null, behindMs: 3 * 24 * 60 * MINUTE_MS })).toMatch(
    /^Not running: no process holds the campaign; 3 d behind\.\n/,
  );
  expect(lines({ heartbeat: null, heartbeatMs: null, isOfHolder: false, keepsHeartbeats: false })).toContain(
    'the last cycle is not known',
  );
  const heartbeat = CURRENT.heartbeat && {
    ...CURRENT.heartbeat,
    mode: 'db_init' as const,
    cycle: null,
    copied: { done: 12_000, of: 100_000 },
  };
  expect(lines({ state: 'late', behindMs: null, heartbeat, progress: null })).toMatch(
    /^Late: db_init copies, 12,000 of 100,000 contacts so far\./,
  );
});

it('says how far younger columns are filled', () => {
  const filling = { what: 'mcall_transactions', done: 1_200_000, of: 5_000_000 };
  const heartbeat = CURRENT.heartbeat && { ...CURRENT.heartbeat, filling };
  expect(lines({ heartbeat })).toMatch(
    /^Columns {8}new columns of mcall_transactions are filled: 1,200,000 of about\n {15}5,000,000 rows so far$/m,
  );
});

it('says why deliveries are held back', () => {
  const deliveries = { messages: 12, contacts: 4, oldestMs: 200_000, state: 'down', forMs: 180_000 } as const;
  const text = lines({ state: 'late', deliveries }, []);
  expect(text).toMatch(/^Late: the receiver is down, and 12 messages wait\.\n/);
  expect(text).toContain('12 messages for 4 contacts wait, the oldest for 3 min 20 s;');
});

it('writes several campaigns as a table, with the worst state for the exit code', () => {
  const others = [CURRENT, { ...CURRENT, campaign: 'OTHER', state: 'late' as const, behindMs: 600_000 }];
  const report = statusReport(TARGET, others, TABLES, [
    { table: 'mcall_contacts', column: 'city', change: 'add', to: 'text' },
  ]);
  expect(report.state).toBe('late');
  expect(statusLines(report).slice(0, 7)).toEqual([
    '2 campaigns in postgres://db.example.com/calls: 1 current, 1 late.',
    '',
    'CAMPAIGN  STATE    BEHIND  LAST CYCLE  DEAD LETTERS  HELD BY',
    '--------  -------  ------  ----------  ------------  -------',
    'CAMPAIGN  current  40 s    38 s ago    3             web-1',
    'OTHER     late     10 min  38 s ago    3             web-1',
    '',
  ]);
  expect(statusLines(report).join('\n')).toContain('Not changed yet: mcall_contacts.city (add).');
});
