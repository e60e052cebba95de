import { createServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EngineSession } from '@dbsync/sql';
import { hangs, rows, stalls, tokens, wireBytes } from '@dbsync/tds-peer/replies';
import type { TdsPeer } from '@dbsync/tds-peer/tds-peer';
import { describe, expect, it } from 'vitest';
import { type PeerAddress, peerTarget, startMssqlPeer } from '../../../test/harness/mssql-peer.ts';
import { readAddress } from '../src/mssql-address.ts';
import { createMssqlEngine } from '../src/mssql-engine.ts';

const options = { signal: new AbortController().signal };
const engineOf = (address: PeerAddress) => createMssqlEngine(readAddress(peerTarget(address)));
const EMPTY_PACKET = wireBytes(Buffer.from([4, 1, 0, 0, 0, 0, 0, 0]));

describe('a stream that is none', () => {
  it('instead of the first answer ends the connecting, and not the process', async () => {
    const garbage = Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n');
    const server = createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end(garbage),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const unreachable = { code: 'MSSQL_UNREACHABLE', verdict: 'retryable', outcome: 'not-committed' };
    await expect(engineOf({ port }).connect(options)).rejects.toMatchObject(unreachable);
    await new Promise((resolve) => server.close(resolve));
  });

  it('at the login ends the connecting, and not the process', async () => {
    await using peer = await startMssqlPeer();
    peer.answer('login', EMPTY_PACKET);
    const refused = { verdict: 'retryable', outcome: 'not-committed' };
    await expect(engineOf(peer).connect(options)).rejects.toMatchObject(refused);
  });

  it.each([
    ['a packet of no length', EMPTY_PACKET],
    ['a token that there is not', tokens(Buffer.from([0x42, 1, 2, 3]))],
    ['half a token', tokens(Buffer.from([0xaa, 0xff, 0x00]))],
    ['a token out of its place', tokens(Buffer.from([0xed, 0, 0]))],
    ['columns of a type that there is not', tokens(Buffer.from([0x81, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0]))],
  ])('in an answer, as %s, loses the connection, and not the process', async (_, reply) => {
    await using peer = await startMssqlPeer();
    const engine = engineOf(peer);
    const session = await engine.connect(options);
    peer.answerOnce(/INFORMATION_SCHEMA/, reply);
    const error = await session.schema.listTables(options).catch(engine.toSinkError);
    expect(error).toMatchObject({ code: 'MSSQL_CONNECTION_LOST', verdict: 'retryable', connectionLost: true });
    expect(await session.schema.listTables(options)).toEqual(['there']);
    await session.close();
  });
});

describe('an abort', () => {
  it('cancels the request, and keeps the connection where the server says so', async () => {
    await using peer = await startMssqlPeer();
    const session = await engineOf(peer).connect(options);
    peer.answerOnce(/INFORMATION_SCHEMA/, hangs);
    await expectAborted(session, peer);
    expect(await session.schema.listTables(options)).toEqual(['there']);
    expect(peer.requests.filter(({ kind }) => kind === 'login')).toHaveLength(1);
    await session.close();
  });

  it('in the middle of an answer too', async () => {
    await using peer = await startMssqlPeer();
    const session = await engineOf(peer).connect(options);
    peer.answerOnce(/INFORMATION_SCHEMA/, stalls(rows({ name: 'nvarchar(128)' }, ['there'])));
    await expectAborted(session, peer);
    expect(await session.schema.listTables(options)).toEqual(['there']);
    await session.close();
  });

  it('that the server does not answer makes an end of the connection, which is replaced', async () => {
    await using peer = await startMssqlPeer();
    const engine = engineOf(peer);
    const session = await engine.connect(options);
    peer.answerOnce(/INFORMATION_SCHEMA/, hangs);
    peer.answerOnce('cancel', hangs);
    const error = engine.toSinkError(await expectAborted(session, peer));
    expect(error).toMatchObject({ verdict: 'retryable', outcome: 'unknown', connectionLost: true });
    await peer.allClosed();
    expect(await session.schema.listTables(options)).toEqual(['there']);
    expect(peer.requests.filter(({ kind }) => kind === 'login')).toHaveLength(2);
    await session.close();
  });

  /** Returns the error of the call. */
  async function expectAborted(session: EngineSession, peer: TdsPeer): Promise<unknown> {
    const stop = new AbortController();
    const call = session.schema.listTables(stop).then(
      () => new Error('It succeeded'),
      (error: unknown) => error,
    );
    await peer.received(/INFORMATION_SCHEMA/);
    stop.abort();
    await peer.received('cancel');
    return call;
  }
});

it('survives a close at any instant around an answer', async () => {
  await using peer = await startMssqlPeer();
  for (let turns = 0; turns < 12; turns += 1) {
    const session = await engineOf(peer).connect(options);
    const stop = new AbortController();
    const calls = Promise.allSettled([session.schema.listTables(stop), session.schema.listTables(options)]);
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    if (turns % 2 === 0) stop.abort();
    await session.close();
    await calls;
  }
  await peer.allClosed();
});
