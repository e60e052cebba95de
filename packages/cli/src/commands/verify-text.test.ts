import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VerifyReport } from '@dbsync/core/cli-kit';
import { expect, it } from 'vitest';
import { findingsOf, summaryOf } from './verify-findings.js';
import { verifyLines } from './verify-text.js';

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/verifying.md'), 'utf8');

const REPORT: VerifyReport = {
  contacts: 60,
  calls: 12,
  stored: 60,
  present: '3HN9KDGRSTZVRAYQ',
  since: null,
  md5Proves: true,
  isWhole: true,
  differences: [{ contactId: '3HN9KDGRSTZVRAYQ', kind: 'missing', version: null, md5: null }],
  rows: [
    {
      kind: 'recordings',
      id: '0cc175b9c0f1b6a831c399e269772661',
      contactId: '5T2LMDZP8VQK4RXA',
      version: '1',
      cells: [],
    },
    {
      kind: 'contacts',
      id: '7Y4QWERTZ2PASDFG',
      contactId: '7Y4QWERTZ2PASDFG',
      version: '1',
      cells: [{ name: '$status', field: '$status', expected: 'success', stored: 'open' }],
    },
  ],
  orphans: [{ table: 'transactions', id: '92eb5ffee6ae2fec3ad71c777531578f', contactId: '3HN9KDGRSTZVRAYQ' }],
  unfetched: [],
  differingCalls: [{ kind: 'inbound_calls', id: 'call-17', contactId: null, version: null, cells: [], calledMs: 0 }],
  dueCalls: [],
  refusedCalls: [],
  gone: ['9ZX2CVBN4MASDFGH'],
  deadLetters: [],
};

const findings = findingsOf(REPORT, true);
const summary = summaryOf(REPORT, findings, 'CAMPAIGN', 'sqlite:/data/copy.db');

it('docs/verifying.md shows what verify prints, for people and for scripts', () => {
  expect(PAGE).toContain(`\`\`\`text\n${verifyLines(findings, summary).join('\n')}\n\`\`\``);
  const lines = [...findings, summary].map((line) => JSON.stringify(line));
  expect(PAGE).toContain(`\`\`\`json\n${lines.join('\n')}\n\`\`\``);
});

it('a comparison without differences says so in one sentence', () => {
  const none = { ...REPORT, differences: [], rows: [], orphans: [], differingCalls: [], gone: [] };
  const found = findingsOf(none, false);
  const printed = verifyLines(found, summaryOf(none, found, 'CAMPAIGN', 'sqlite:/data/copy.db'));
  expect(printed).toEqual([
    '60 contacts and 12 inbound calls of campaign CAMPAIGN compared with',
    'sqlite:/data/copy.db: no differences.',
  ]);
});

it('a call with other values is one finding, and with --deep one for each cell', () => {
  const cells = ['state', 'user'].map((name) => ({ name, field: name, expected: 'a', stored: null }));
  const [call] = REPORT.differingCalls;
  const report = { ...REPORT, differingCalls: call === undefined ? [] : [{ ...call, cells }] };
  const kindsOf = (deep: boolean) =>
    findingsOf(report, deep).flatMap(({ kind, id }) => (id === 'call-17' ? [kind] : []));
  expect(kindsOf(false)).toEqual(['stale-call']);
  expect(kindsOf(true)).toEqual(['cell', 'cell']);
});

it('R20 says that the first copy is still being loaded', () => {
  const report = { ...REPORT, isLoading: true } as const;
  const summary = summaryOf(report, findingsOf(report, false), 'CAMPAIGN', 'sqlite:/data/copy.db');
  expect(summary.isLoading).toBe(true);
  expect(verifyLines(findingsOf(report, false), summary).join('\n')).toContain('The first copy is not complete');
});
