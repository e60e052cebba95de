import type { CallSummary } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { campaignReport } from '../campaign-report.js';
import { isReportPage, reportPage } from './report-page.js';

const HOSTILE = `"><script>alert('1')</script><img src=x onerror=alert(1)>\u202e\u0000\ud800</style>`;

const SUMS = { transactions: 4, successes: 1, calls: 6, answered: 3, talkSec: 90.5 };
const SUMMARY: CallSummary = {
  hours: [
    { day: '2026-01-02', hour: 9, calls: 4, answered: 2, talkSec: 60.25 },
    { day: '2026-01-03', hour: 9, calls: 2, answered: 1, talkSec: 30.25 },
  ],
  agents: [{ agent: HOSTILE, ...SUMS }],
  allAgents: { agents: 30, ...SUMS, calls: 5_000 },
  outcomes: [{ name: HOSTILE, count: 3 }],
  allOutcomes: 4,
  inbound: { calls: 2, answered: 1, waitSec: 12 },
  statuses: [{ name: `${HOSTILE}${'x'.repeat(500)}`, count: 2 }],
  allContacts: 2,
};

function page(change: Partial<CallSummary> = {}, campaign: string | null = HOSTILE, lastDay = '2026-01-31'): string {
  const facts = { target: 'sqlite:copy.db', campaign, timeZone: 'UTC', statuses: [], nowMs: Date.UTC(2026, 1, 1) };
  return reportPage(campaignReport({ ...facts, firstDay: '2026-01-01', lastDay, summary: { ...SUMMARY, ...change } }));
}

it('shows hostile names as texts, with hidden characters written out', () => {
  const drawn = page();
  expect(drawn).not.toMatch(/<(?:script|img)/);
  expect(drawn.match(/<\/style>/g)).toHaveLength(1);
  expect(drawn).toContain('&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;');
  expect(drawn).toContain('\\u202e\\u0000\ufffd');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those that a page must not have
  expect(drawn).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  expect(drawn).not.toContain('x'.repeat(130));
});

it('needs nothing from outside, and runs no script', () => {
  const drawn = page({ agents: [], outcomes: [], statuses: [] }, 'CAMPAIGN');
  expect(drawn).not.toMatch(/https?:|\bsrc=|href=|url\(|@import|\son\w+=|<script/i);
  expect(page()).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

it('is the same page for the same figures, and differs from other files', () => {
  expect(page()).toBe(page());
  expect(isReportPage(page().slice(0, 1_024))).toBe(true);
  expect(isReportPage(`<html>${page()}`)).toBe(false);
});

it('has the figures of each chart in a table, and counts those that it does not name', () => {
  const drawn = page().replaceAll(/[\u202f\u00a0]/g, ' ');
  expect(drawn).toContain('<td class="number">6</td><td class="number">3</td><td class="number">50 %</td>');
  expect(drawn).toContain('<bdi>All 30 agents</bdi></th>');
  expect(drawn).toContain('5 000</td>');
  expect(drawn).toContain('<bdi>(others)</bdi>');
});

it('has a bar for each day, or for each month of a long period', () => {
  expect(page().match(/<rect class="whole" x=/g)).toHaveLength(3);
  const long = page({}, null, '2026-12-31');
  expect(long).toContain('<h2>Calls by month</h2>');
  expect(long).toContain('<th scope="row"><bdi>2026-01</bdi></th>');
});

it('says where there is nothing to draw', () => {
  const empty = page({ hours: [], agents: [], outcomes: [], statuses: [] });
  expect(empty).toContain('No calls in this period');
  expect(empty).not.toContain('NaN');
  expect(empty).not.toContain('Infinity');
});
