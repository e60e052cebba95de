import type { RunTotals } from '@dbsync/core';
import { describe, expect, it } from 'vitest';
import { cycleEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { logLine } from './log-line.js';

const totals: RunTotals = {
  contactsFetched: 3,
  contactsListed: 3,
  contactsWritten: 3,
  inboundCallsWritten: 1,
  rowsInserted: 20,
  rowsUpdated: 5,
  rowsUnchanged: 0,
  bytesWritten: 0,
  deadLetters: 1,
  apiRequests: 4,
  apiRetries: 0,
  writeRetries: 0,
};

describe('eventLine', () => {
  it('tells a cycle in one line', () => {
    const cycle = {
      type: 'cycle',
      tookMs: 1_234,
      contacts: 3,
      inboundCalls: 1,
      rows: 25,
      lagMs: 4_000,
      totals,
    } as const;
    expect(logLine(cycle, { daemon: true })).toEqual({
      level: 'info',
      text: 'Cycle: 3 contacts, 1 inbound call, 25 rows in 1.2 s, lag 4.0 s',
    });
    expect(logLine({ ...cycle, lagMs: null }, { daemon: true }).text).toMatch(/catching up$/);
  });

  it('lets the parts of a cycle speak in detail only', () => {
    const listed = { type: 'listed', part: 'listing', contacts: 20_000 } as const;
    expect(logLine(listed, { daemon: false })).toEqual({ level: 'info', text: 'Listing: 20,000 contacts listed' });
    expect(logLine(listed, { daemon: true }).level).toBe('debug');
  });

  it('is as loud about a wait as the event is', () => {
    const waiting = { type: 'waiting', for: 'api', code: 'API_BUSY', message: 'later', attempt: 7 } as const;
    expect(logLine({ ...waiting, level: 'debug', waitedMs: 0 }, { daemon: true })).toEqual({
      level: 'debug',
      text: 'Waiting for the API: API_BUSY: later',
    });
    expect(logLine({ ...waiting, level: 'error', waitedMs: 600_000 }, { daemon: true })).toEqual({
      level: 'error',
      text: 'Waiting for the API for 10 min, attempt 7: API_BUSY: later',
    });
  });

  it('says what is behind, by how much and why', () => {
    const behind = {
      type: 'behind',
      level: 'warn',
      code: 'COPY_BEHIND',
      part: 'events',
      lagMs: 200_000,
      allowedMs: 180_000,
    } as const;
    const trouble = { code: 'API_BUSY', message: 'later' };
    expect(logLine({ ...behind, trouble }, { daemon: true })).toEqual({
      level: 'warning',
      text: 'COPY_BEHIND: Events are 3 min 20 s behind the campaign, more than 3 min; dbsync continues and catches up. The last error was API_BUSY: later',
    });
    const listing = logLine({ ...behind, level: 'error', part: 'listing', trouble: null }, { daemon: true });
    expect(listing.level).toBe('error');
    expect(listing.text).toMatch(
      /^COPY_BEHIND: No listing has been completed for 3 min 20 s, .* No error was reported/,
    );
    expect(logLine({ type: 'caught-up', afterMs: 60_000 }, { daemon: true })).toEqual({
      level: 'notice',
      text: 'The copy is current again after 1 min',
    });
  });

  it('tells how deliveries go, and what waits', () => {
    const ended = { accepted: 1_200, failed: 3, postponed: 0, dead: 1 };
    expect(logLine({ type: 'delivery', ...ended }, { daemon: true })).toEqual({
      level: 'debug',
      text: 'Deliveries: 1,200 accepted, 3 to be tried again, 1 given up',
    });
    const backlog = { type: 'backlog', messages: 12, contacts: 1, oldestMs: 90_000, ended } as const;
    expect(logLine(backlog, { daemon: true })).toEqual({
      level: 'info',
      text: 'Deliveries: 1,200 accepted, 3 to be tried again, 1 given up; 12 messages of 1 contact waiting, the oldest for 1 min 30 s',
    });
    expect(logLine({ ...backlog, oldestMs: null }, { daemon: true }).text).toMatch(/; nothing waits$/);
  });

  it('tells that the receiver is down', () => {
    const waiting = {
      type: 'waiting',
      for: 'endpoint',
      code: 'ENDPOINT_DOWN',
      message: 'HTTP 503',
      attempt: 1,
    } as const;
    expect(logLine({ ...waiting, level: 'info', waitedMs: 0 }, { daemon: true })).toEqual({
      level: 'info',
      text: 'Waiting for the receiver: ENDPOINT_DOWN: HTTP 503',
    });
  });

  it('names a dead letter with its reason', () => {
    const letter = { type: 'dead-letter', kind: 'contact', contactId: 'A', code: 'X', reason: 'because' } as const;
    expect(logLine(letter, { daemon: true })).toEqual({
      level: 'warning',
      text: 'Set aside as a dead letter: contact of contact A: X: because',
    });
  });

  it('shows the first of many changes of tables', () => {
    const change = { table: 'contacts', column: 'a', change: 'add', to: 'text' } as const;
    const { text } = logLine({ type: 'schema', changes: Array.from({ length: 7 }, () => change) }, { daemon: true });
    expect(text).toMatch(/^Tables: contacts\.a added \(text\); .*; and 2 other changes$/);
  });

  it('names each change of tables where all are wanted, as in the log', () => {
    const changes = Array.from({ length: 7 }, (_, nr) => {
      return { table: 'contacts', column: `c${nr}`, change: 'add', to: 'text' } as const;
    });
    const { text } = logLine({ type: 'schema', changes }, { daemon: true, whole: true });
    for (const { column } of changes) expect(text).toContain(`contacts.${column} added`);
  });

  it('sums up', () => {
    const stopped = { type: 'stopped', summary: { mode: 'db_init', tookMs: 61_000, totals } } as const;
    expect(logLine(stopped, { daemon: false }).text).toBe(
      'db_init ended after 1 min 1 s: 3 contacts, 25 rows written, 1 dead letter',
    );
  });
});

it.each([
  [{ state: 'up' }, 'deliveries go out'],
  [{ state: 'paused', by: 'ada@host', forMs: 60_000 }, 'deliveries were paused by ada@host 1 min ago'],
  [{ state: 'down', forMs: 60_000, nextTryInMs: 40_000 }, 'the receiver has been down for 1 min, next try in 40.0 s'],
] as const)('tells in the line of a cycle how deliveries stand: %j', (deliveries, words) => {
  const { text } = logLine(cycleEvent({ deliveries }), { daemon: true });
  expect(text.endsWith(`; ${words}`)).toBe(true);
});
