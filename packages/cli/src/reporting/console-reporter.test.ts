import type { ProgressEvent, RunEvent, RunTotals } from '@dbsync/core';
import { NO_TOTALS } from '@dbsync/core/cli-kit';
import { describe, expect, it } from 'vitest';
import { english, type ReaderLanguage } from '../languages/reader-language.js';
import { createConsoleReporter } from './console-reporter.js';

const totals: RunTotals = { ...NO_TOTALS, contactsWritten: 500, rowsInserted: 5_000 };
const batch = { inserted: 0, updated: 0, unchanged: 0, bytes: 0, changedUnderSameMd5: [] };

function progress(done: number, of: number | null): ProgressEvent {
  return { type: 'progress', part: 'listing', done, of, batch, totals };
}

function reporter({ isTerminal = false, daemon = false, verbose = false, language = english }) {
  const shown: string[] = [];
  let nowMs = 0;
  const output = {
    isTerminal,
    columns: 120,
    language,
    line: (text: string) => shown.push(text),
    draw: (text: string) => shown.push(`drawn: ${text}`),
    json: () => {},
    masked: <T>(value: T) => value,
    flush: async () => {},
  };
  const observe = createConsoleReporter({ output, daemon, verbose, now: () => nowMs });
  return {
    shown,
    at: (ms: number, event: RunEvent) => {
      nowMs = ms;
      observe(event);
    },
  };
}

describe('createConsoleReporter', () => {
  it('draws a bar on a terminal, ten times a second at most', () => {
    const { shown, at } = reporter({ isTerminal: true });
    at(1_000, { type: 'listed', part: 'listing', contacts: 1_000 });
    at(2_000, progress(500, 1_000));
    at(2_050, progress(600, 1_000));
    at(2_100, progress(700, 1_000));
    expect(shown).toHaveLength(3);
    expect(shown[1]).toMatch(/^drawn: \[=+ +\] 50 %, 500 of 1,000 contacts, 5,000 rows\/s/);
    expect(shown[2]).toContain('70 %');
  });

  it('prints plain lines in a pipe: at steps worth it, after half a minute, and the last', () => {
    const { shown, at } = reporter({});
    at(1_000, progress(100, 1_000));
    at(1_900, progress(300, 1_000));
    at(2_000, progress(310, 1_000));
    at(4_000, progress(350, 1_000));
    at(32_000, progress(360, 1_000));
    at(32_001, progress(1_000, 1_000));
    expect(shown.map((line) => line.slice(0, line.indexOf(',')))).toEqual(['10 %', '31 %', '36 %', '100 %']);
  });

  it('tells every half minute how far a long listing is read and compared', () => {
    const { shown, at } = reporter({ daemon: true });
    const survey = (step: 'read' | 'compared', contacts: number, of: number | null): RunEvent => {
      return { type: 'survey', part: 'listing', step, contacts, of };
    };
    at(100_000, survey('read', 0, null));
    at(129_000, survey('read', 300_000, null));
    at(130_000, survey('read', 310_000, null));
    at(131_000, survey('read', 320_000, null));
    at(140_000, { type: 'listed', part: 'listing', contacts: 400_000 });
    at(169_000, survey('compared', 100_000, 400_000));
    at(170_000, survey('compared', 101_000, 400_000));
    expect(shown).toEqual(['Listing: 310,000 contacts read', 'Listing: 101,000 of 400,000 contacts compared']);
  });

  it('R20 tells every half minute which keys are built', () => {
    const { shown, at } = reporter({});
    const step = (nr: number): RunEvent => ({ type: 'building', what: `key of table ${nr}`, step: nr, of: 9 });
    at(1_000, step(1));
    at(32_000, step(2));
    at(40_000, step(3));
    expect(shown).toEqual(['Building keys: key of table 2, 2 of 9']);
  });

  it('leaves the small steps of a daemon to the line of its cycle', () => {
    const { shown, at } = reporter({ daemon: true });
    at(1_000, progress(3, 3));
    at(2_000, { type: 'cycle', tookMs: 1, contacts: 3, inboundCalls: 0, rows: 9, lagMs: 1, totals });
    expect(shown).toEqual(['Cycle: 3 contacts, 0 inbound calls, 9 rows in 0.0 s, lag 0.0 s']);
  });

  it('has a daemon draw no share of a listing before it is worth a line', () => {
    const { shown, at } = reporter({ daemon: true });
    at(1_000, { type: 'listed', part: 'listing', contacts: 2_000 });
    at(1_100, progress(12, 2_000));
    expect(shown).toEqual([]);
    at(2_100, progress(100, 2_000));
    expect(shown).toHaveLength(1);
  });

  it('shows at once that a copy of everything has begun', () => {
    const { shown, at } = reporter({});
    at(1_000, { type: 'listed', part: 'listing', contacts: 1_000_000 });
    at(1_200, progress(1_000, 1_000_000));
    expect(shown.at(-1)).toMatch(/^0 %, 1,000 of 1,000,000 contacts/);
  });

  it('shows the first dead letters of a cycle, and where the others are', () => {
    const { shown, at } = reporter({ daemon: true });
    const letter = { kind: 'connection', contactId: 'C1', code: 'CODE', reason: 'reason' } as const;
    for (let count = 0; count < 50; count++) at(1_000, { type: 'dead-letter', ...letter });
    expect(shown).toHaveLength(11);
    expect(shown[9]).toBe('Set aside as a dead letter: connection of contact C1: CODE: reason');
    expect(shown[10]).toContain('dbsync dead-letters list');
    at(2_000, { type: 'cycle', tookMs: 1, contacts: 3, inboundCalls: 0, rows: 9, lagMs: 1, totals });
    at(3_000, { type: 'dead-letter', ...letter, reason: '$task_log[0] of contact C1 has no fired' });
    expect(shown.at(-1)).toBe('Set aside as a dead letter: connection: CODE: $task_log[0] of contact C1 has no fired');
  });

  it('names the command that shows the dead letters of a run', () => {
    const { shown, at } = reporter({});
    const summary = { mode: 'db_init', tookMs: 2_000, totals: { ...totals, deadLetters: 25 } } as const;
    at(1_000, { type: 'stopped', summary });
    expect(shown[0]).toContain('25: see dbsync dead-letters list');
  });

  it('sums up at the end, and alone where the log is on the console', () => {
    const { shown, at } = reporter({ verbose: true });
    at(1_000, progress(100, 1_000));
    at(2_000, { type: 'stopped', summary: { mode: 'db_init', tookMs: 2_000, totals } });
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatch(/^db_init ended after 2\.0 s\n.* 500\n/);
    expect(shown[0]).toContain('rows/s          2,500');
  });

  it('explains each code once in the language of the reader, around what happened', () => {
    const spanish: ReaderLanguage = {
      ...english,
      explain: (code) => (code === 'API_FAILED' ? { what: 'La API no responde bien.', remedy: 'Espere.' } : null),
    };
    const { shown, at } = reporter({ daemon: true, language: spanish });
    const waiting = (waitedMs: number, attempt: number): RunEvent => ({
      type: 'waiting',
      for: 'api',
      level: 'warn',
      code: 'API_FAILED',
      message: 'status 502\nbad gateway',
      waitedMs,
      attempt,
    });
    at(1_000, waiting(1_000, 1));
    at(2_000, waiting(2_000, 2));
    at(3_000, { type: 'notice', level: 'warn', code: 'LAMP_OFF', message: 'Lamp 7 is off.' });
    expect(shown).toEqual([
      'API_FAILED: La API no responde bien.\n  Waiting for the API for 1.0 s, attempt 1: API_FAILED: status 502\\nbad gateway\n  Espere.',
      'Waiting for the API for 2.0 s, attempt 2: API_FAILED: status 502\\nbad gateway',
      'LAMP_OFF: Lamp 7 is off.',
    ]);
  });

  it('explains a notice without its code a second time', () => {
    const explain = () => ({ what: 'La lámpara está apagada.', remedy: 'Enciéndala.' });
    const { shown, at } = reporter({ language: { ...english, explain } });
    at(1_000, { type: 'notice', level: 'warn', code: 'LAMP_OFF', message: 'Lamp 7 is off.' });
    expect(shown).toEqual(['LAMP_OFF: La lámpara está apagada.\n  Lamp 7 is off.\n  Enciéndala.']);
  });
});
