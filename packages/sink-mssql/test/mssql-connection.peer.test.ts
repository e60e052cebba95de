import { isSinkError, type SinkError } from '@dbsync/core/contract';
import { fails, hangs } from '@dbsync/tds-peer/replies';
import type { LoginRequest } from '@dbsync/tds-peer/requests';
import { describe, expect, it } from 'vitest';
import { type PeerAddress, peerTarget, startMssqlPeer } from '../../../test/harness/mssql-peer.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from '../src/mssql-address.ts';
import { createMssqlEngine } from '../src/mssql-engine.ts';

const options = { signal: new AbortController().signal };
const engineOf = (address: PeerAddress) => createMssqlEngine(readAddress(peerTarget(address)));

async function refusal(address: PeerAddress): Promise<SinkError> {
  try {
    await (await engineOf(address).connect(options)).close();
  } catch (error) {
    if (isSinkError(error)) return error;
    throw error;
  }
  throw new Error('It connected');
}

describe('connecting', () => {
  it('logs in as the address says, with the settings that dbsync relies on', async () => {
    await using peer = await startMssqlPeer();
    const where = { port: peer.port, options: { 'app-name': 'copy', 'workstation-id': 'here' } };
    const session = await engineOf(where).connect(options);
    const { login } = (await peer.received('login')) as LoginRequest;
    expect(login).toMatchObject({ user: 'u', database: 'shop', appName: 'copy', hostName: 'here' });
    const sent = peer.requests.map(({ text }) => text).join('\n');
    expect(sent).toMatch(/set xact_abort on/);
    expect(sent).toMatch(/set quoted_identifier on/);
    expect(sent).toMatch(/SET NOCOUNT OFF; SET LOCK_TIMEOUT 30000; SET DEADLOCK_PRIORITY LOW/);
    await session.close();
    await peer.allClosed();
  });

  it('leaves no connection after close, and a second close does nothing', async () => {
    await using peer = await startMssqlPeer();
    const session = await engineOf(peer).connect(options);
    await Promise.all([session.schema.listTables(options), session.schema.listTables(options)]);
    expect(peer.connections).toBe(2);
    await session.close();
    await session.close();
    await peer.allClosed();
    await expect(session.schema.listTables(options)).rejects.toThrow('closed');
  });

  it('opens 8 connections and no more, however many calls there are', async () => {
    await using peer = await startMssqlPeer();
    const session = await engineOf(peer).connect(options);
    await Promise.all(Array.from({ length: 30 }, () => session.schema.listTables(options)));
    expect(peer.connections).toBe(8);
    await session.close();
  });

  it('R10 knows of connections that ended while they were idle, until a call has reported it, then makes new ones', async () => {
    await using peer = await startMssqlPeer();
    const session = await engineOf(peer).connect(options);
    expect(session.losses.unreported()).toBeNull();
    peer.dropConnections();
    const loss = { code: 'MSSQL_CONNECTION_LOST', connectionLost: true, outcome: 'not-committed' };
    await expect.poll(() => session.losses.unreported()).toMatchObject(loss);
    session.losses.reported();
    expect(await session.schema.listTables(options)).toEqual(['there']);
    expect(session.losses.unreported()).toBeNull();
    await session.close();
    expect(session.losses.unreported()).toBeNull();
  });
});

describe('what stands in the way', () => {
  it.each<[string, string, string, Partial<PeerAddress>]>([
    ['MSSQL_LOGIN_REFUSED', 'fatal', "Login failed for user 'u'", { password: 'wrong-canary' }],
    ['MSSQL_LOGIN_REFUSED', 'fatal', "Login failed for user 'nobody'", { user: 'nobody' }],
    ['MSSQL_DATABASE_MISSING', 'fatal', 'CREATE DATABASE [no ]]one]', { database: 'no %5Done' }],
    ['MSSQL_UNREACHABLE', 'retryable', 'ECONNREFUSED', { port: 1 }],
    ['MSSQL_UNREACHABLE', 'retryable', 'ECONNREFUSED', { port: 1, host: 'localhost' }],
    [
      'MSSQL_UNREACHABLE',
      'retryable',
      'no-such-host.invalid',
      { host: 'no-such-host.invalid', options: { encrypt: 'disable' } },
    ],
  ])('%s (%s): %s', async (code, verdict, says, change) => {
    await using peer = await startMssqlPeer();
    const error = await refusal({ port: peer.port, ...change });
    expect(error).toMatchObject({ code, verdict, outcome: 'not-committed', message: expect.stringContaining(says) });
    expect(error.message).not.toContain('canary');
    await peer.allClosed();
  });

  it.each([
    [40613, 'MSSQL_UNREACHABLE'],
    [40501, 'MSSQL_BUSY'],
    [18401, 'MSSQL_UNREACHABLE'],
  ])('error %i at the login is one to be repeated', async (number, code) => {
    await using peer = await startMssqlPeer();
    peer.answer('login', fails(number));
    expect(await refusal(peer)).toMatchObject({ code, verdict: 'retryable', connectionLost: true });
    expect(peer.requests.filter(({ kind }) => kind === 'login')).toHaveLength(1);
  });

  it('a database that was open before and cannot be opened now is being recovered', async () => {
    await using peer = await startMssqlPeer();
    const engine = engineOf(peer);
    await (await engine.connect(options)).close();
    peer.answer('login', [fails(4060), fails(18456)]);
    await expect(engine.connect(options)).rejects.toMatchObject({ code: 'MSSQL_UNREACHABLE', verdict: 'retryable' });
  });

  it('a host that does not answer is given up in the time that was given', async () => {
    await using peer = await startMssqlPeer();
    peer.answer('login', hangs);
    const error = await refusal({ port: peer.port, options: { 'connection-timeout': 1 } });
    expect(error).toMatchObject({ code: 'MSSQL_UNREACHABLE', verdict: 'retryable', outcome: 'not-committed' });
    await peer.allClosed();
  });

  it('an abort ends the connecting soon', async () => {
    await using peer = await startMssqlPeer();
    peer.answer('login', hangs);
    const stop = new AbortController();
    const connecting = engineOf(peer).connect(stop);
    const refused = expect(connecting).rejects.toMatchObject({ code: 'MSSQL_ABORTED', verdict: 'retryable' });
    await peer.received('login');
    stop.abort();
    await refused;
    await peer.allClosed();
  });

  it('a named instance is looked for at the SQL Server Browser, which is not there', async () => {
    const target = serverTarget('sqlserver://u:p@127.0.0.1/SALES/shop?connection-timeout=1');
    const engine = createMssqlEngine(readAddress(target));
    await expect(engine.connect(options)).rejects.toMatchObject({
      code: 'MSSQL_UNREACHABLE',
      verdict: 'retryable',
      message: expect.stringContaining('127.0.0.1\\SALES'),
    });
  });
});
