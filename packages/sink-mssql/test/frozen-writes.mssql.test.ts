import type { Claim, StoreSink } from '@dbsync/core/contract';
import type { TediousClient } from '@dbsync/tds-peer/tedious-client';
import { sampleContact } from '@dbsync/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectMssql, createTestDatabase, dropTestDatabase } from '../../../test/harness/servers/mssql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf } from '../../../test/harness/sqlite-file.ts';
import { type StallingProxy, startStallingProxy } from '../../../test/harness/stalling-proxy.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
const CONTACTS = Array.from({ length: 60 }, (_, number) =>
  sampleContact(`C${number}`, { values: { $comment: 'x'.repeat(4_000) } }),
);
const BATCH = batchOf({ contacts: CONTACTS });

let url: string;
let other: TediousClient;
let proxy: StallingProxy;
/** A sink that writes through the proxy. */
let sink: StoreSink;
let claim: Claim;
/** A sink that reaches the server directly. */
let standby: StoreSink;

beforeEach(async () => {
  url = await createTestDatabase();
  other = await connectMssql(url);
  const target = serverTarget(url);
  const { host, port } = target.address;
  proxy = await startStallingProxy({ host, port: port ?? 1433 });
  sink = createSink({ ...target, address: { ...target.address, host: '127.0.0.1', port: proxy.port } });
  standby = createSink(target);
  for (const each of [sink, standby]) {
    await each.open(options);
    await each.declareFields([], options);
  }
  claim = await claimOf(sink);
  await sink.write(batchOf({ contacts: [sampleContact('before')] }), claim, options);
});
afterEach(async () => {
  await sink.close();
  await standby.close();
  await proxy.close();
  await other[Symbol.asyncDispose]();
  await dropTestDatabase(url);
});

it.each([20_000, 200_000, 500_000])(
  'R12 a process that is frozen %i bytes on in a write holds no lock that others wait for',
  async (bytes) => {
    proxy.stallAfter(bytes);
    const late = sink.write(BATCH, claim, options).catch((error: unknown) => error);
    const next = await claimOf(standby, { takeOverFrom: claim.holder });
    expect(await standby.write(BATCH, next, options)).toMatchObject({ inserted: 420 });
    proxy.flow();
    expect(await late).toMatchObject({ verdict: 'fenced', outcome: 'not-committed' });
  },
);

it('ends a write that is aborted while it waits for a lock, and leaves the sink fit for the next', async () => {
  await other.runBatch('BEGIN TRANSACTION');
  await other.runBatch(`UPDATE mcall_contacts SET "$comment" = N'locked' WHERE "$id" = N'before'`);
  const stop = new AbortController();
  const contacts = [sampleContact('before', { md5: 'new', values: { $comment: 'ours' } })];
  const write = sink.write(batchOf({ contacts }), claim, stop).catch((error: unknown) => error);
  await sink.readState('C1', options);
  stop.abort();
  expect(await write).toMatchObject({ outcome: 'unknown' });
  await other.runBatch('ROLLBACK TRANSACTION');
  const next = await claimOf(sink, { takeOverFrom: claim.holder });
  await sink.write(batchOf({ contacts }), next, options);
  const { rows } = await other.runBatch(`SELECT "$comment" FROM mcall_contacts WHERE "$id" = N'before'`);
  expect(rows).toEqual([['ours']]);
});
