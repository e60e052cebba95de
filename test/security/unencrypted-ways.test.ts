import { fileURLToPath } from 'node:url';
import { loadSink } from '@dbsync/core';
import type { SinkNotice } from '@dbsync/core/contract';
import { expect, it } from 'vitest';

const from = fileURLToPath(import.meta.url);

/** Returns the notices of a sink that is opened. The call is aborted at once. */
async function reportedOf(url: string): Promise<readonly string[]> {
  const notices: SinkNotice[] = [];
  const loaded = await loadSink({ url, from, notify: (notice) => void notices.push(notice) });
  const sink = loaded.kind === 'store' ? loaded.store : loaded.endpoint;
  const calling = new AbortController();
  const opening = sink.open({ signal: calling.signal }).catch(() => {});
  setImmediate(() => calling.abort());
  await opening;
  await sink.close();
  return notices.filter(({ level }) => level === 'warn').map(({ code }) => code);
}

it.each([
  ['postgres://u:p@db.invalid/d?sslmode=disable', ['SQL_NOT_ENCRYPTED']],
  ['postgres://u:p@db.invalid/d?sslmode=no-verify', ['SQL_SERVER_UNPROVEN']],
  ['postgres://u:p@db.invalid/d', []],
  ['postgres://u:p@127.0.0.1/d', []],
  ['mysql://u:p@db.invalid/d?ssl-mode=DISABLED', ['SQL_NOT_ENCRYPTED']],
  ['mysql://u:p@db.invalid/d?ssl-mode=REQUIRED', ['SQL_SERVER_UNPROVEN']],
  ['mysql://u:p@db.invalid/d', []],
  ['mysql://u:p@localhost/d', []],
  ['sqlserver://u:p@db.invalid/d?encrypt=disable', ['SQL_NOT_ENCRYPTED']],
  ['sqlserver://u:p@db.invalid/d?encrypt=true&TrustServerCertificate=true', ['SQL_SERVER_UNPROVEN']],
  ['sqlserver://u:p@db.invalid/d', []],
  ['sqlserver://u:p@localhost/d', ['MSSQL_PASSWORD_READABLE']],
  ['sqlserver://u:p@localhost/d?encrypt=disable', []],
  ['sqlserver://u:p@localhost/d?encrypt=true', []],
  ['sqlserver://domain%5Cu:p@localhost/d', []],
])('%s: %j', async (url, codes) => {
  expect(await reportedOf(url)).toEqual(codes);
});

it('http://crm.invalid/hook, without signatures', async () => {
  expect(await reportedOf('http://crm.invalid/hook')).toEqual(['WEBHOOK_NOT_ENCRYPTED', 'WEBHOOK_NOT_SIGNED']);
});
