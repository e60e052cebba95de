import { isSinkError, type StoreSink } from '@dbsync/core/contract';
import { count, rows } from '@dbsync/tds-peer/replies';
import type { TdsPeer } from '@dbsync/tds-peer/tds-peer';
import { expect, it } from 'vitest';
import { peerTarget, startMssqlPeer } from '../../../test/harness/mssql-peer.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
const claim = { stream: 'C1', holder: 'me', epoch: 7n, plan: 'all', leaseMs: 30_000 };

async function openSink(peer: TdsPeer): Promise<StoreSink> {
  const sink = createSink(peerTarget(peer));
  if (sink.kind !== 'store') throw new TypeError('The SQL Server sink is a store');
  await sink.open(options);
  return sink;
}

/** A row of the lease in the database, with that holder and that number of writes. */
function leaseOf(holder: string, writes: number) {
  const types = {
    holder: 'nvarchar(36)',
    epoch: 'bigint',
    plan: 'nvarchar(500)',
    process: 'nvarchar(max)',
    writes: 'bigint',
    lease_until: 'bigint',
    now: 'bigint',
  };
  return rows(types, [holder, 7n, 'all', '{}', BigInt(writes), 19_000n, 10_000n]);
}

it('R10 the fence of a renewal compares the count of writes, and a miss says whether the database was set back', async () => {
  await using peer = await startMssqlPeer();
  const sink = await openSink(peer);
  peer.answer(/update "mcall_sync_state"/i, count(0));
  peer.answer(/select .* from "mcall_sync_state"/i, leaseOf('me', 3));
  await expect(sink.renew(claim, options)).rejects.toMatchObject({ code: 'SQL_SET_BACK', verdict: 'fenced' });
  peer.answer(/select .* from "mcall_sync_state"/i, leaseOf('other', 9));
  await expect(sink.renew(claim, options)).rejects.toMatchObject({ code: 'SQL_FENCED', verdict: 'fenced' });
  const update = await peer.received(/update "mcall_sync_state"/i);
  expect(update).toMatchObject({ text: expect.stringContaining('"writes" >= @') });
  await sink.close();
});

it('R10 connections that ended while they were idle are reported by the next call, once', async () => {
  await using peer = await startMssqlPeer();
  const sink = await openSink(peer);
  peer.answer(/update "mcall_sync_state"/i, count(1));
  await sink.renew(claim, options);
  peer.dropConnections();
  await peer.allClosed();
  const renewal = () =>
    sink.renew(claim, options).then(
      () => null,
      (error: unknown) => isSinkError(error) && error,
    );
  await expect.poll(renewal).toMatchObject({ code: 'MSSQL_CONNECTION_LOST', connectionLost: true });
  await expect.poll(renewal).toBeNull();
  await sink.close();
});
