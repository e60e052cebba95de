import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { hasEarlierLogs } from './earlier-logs.js';

const folder = mkdtempSync(join(tmpdir(), 'dbsync-logs-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['NOTICE   webhook of campaign CAMPAIGN into http://h starts (filter=all)', true],
  ['', true],
  ['CRITICAL CLI_OPTION_VALUE: --webhook-backoff soon', false],
  [
    'NOTICE   webhook of campaign CAMPAIGN into http://h starts (x)\n2024-01-31T12:00:00.000Z CRITICAL OUTBOX_CANNOT_OPEN: x',
    false,
  ],
])('R28 knows by %j whether an earlier run had a state', (text, had) => {
  const directory = mkdtempSync(join(folder, 'earlier-'));
  const [earlier, own] = ['2024-01-31T12-00-00Z', '2024-01-31T13-00-00Z'];
  writeFileSync(join(directory, `CAMPAIGN_webhook_${earlier}.log`), text && `2024-01-31T12:00:00.000Z ${text}\n`);
  writeFileSync(join(directory, `CAMPAIGN_webhook_${own}.log`), '');
  expect(hasEarlierLogs({ campaign: 'CAMPAIGN', mode: 'webhook' }, directory)).toBe(had);
});
