import { expect, it } from 'vitest';
import { fails } from './replies.ts';
import type { TdsRequest } from './requests.ts';
import { startTdsPeer, type TdsPeer } from './tds-peer.ts';
import { connectTedious, type TediousClient } from './tedious-client.ts';
import { createTransactionState } from './transaction-state.ts';

it('a transaction is kept for the session, whether it is asked for in TDS or in T-SQL', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  const { connection } = client;
  await client.done((done) => connection.beginTransaction(done));
  await client.run('in TDS');
  await client.done((done) => connection.saveTransaction(done, 'half'));
  await client.done((done) => connection.rollbackTransaction(done, 'half'));
  await client.run('in TDS still');
  await client.done((done) => connection.commitTransaction(done));
  await client.run('between');
  await client.runBatch('SET TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN TRANSACTION;');
  await client.run('in T-SQL');
  await client.runBatch('IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION');
  await client.runBatch('IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION');
  await client.run('after');
  const inTransaction = peer.requests.filter((request) => request.kind === 'call' && request.inTransaction);
  expect(inTransaction.map(({ text }) => text)).toEqual(['in TDS', 'in TDS still', 'in T-SQL']);
  expect(peer.requests.filter(({ kind }) => kind === 'transaction').map(({ text }) => text)).toEqual([
    'BEGIN TRANSACTION',
    'SAVE TRANSACTION [half]',
    'ROLLBACK TRANSACTION [half]',
    'COMMIT TRANSACTION',
  ]);
});

it('a transaction cannot be ended where there is none', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  await expect(client.runBatch('COMMIT TRAN')).rejects.toMatchObject({ number: 3902 });
  await expect(client.runBatch('ROLLBACK TRANSACTION')).rejects.toMatchObject({ number: 3903 });
  await client.runBatch('BEGIN TRAN');
  await expect(client.runBatch('ROLLBACK TRANSACTION [s]')).rejects.toMatchObject({ number: 6401 });
});

it.each([
  ['a deadlock', 1205, 'SELECT 1', false],
  ['any error with XACT_ABORT', 2627, 'SET XACT_ABORT ON', false],
  ['no other error', 2627, 'SET XACT_ABORT OFF', true],
])('a transaction is ended by %s', async (_, number, setting, goesOn) => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  await client.runBatch(setting);
  await client.done((done) => client.connection.beginTransaction(done));
  peer.answer(/INSERT/, fails(number));
  await expect(client.run('INSERT')).rejects.toMatchObject({ number });
  await client.run('next');
  expect(lastOf(peer).inTransaction).toBe(goesOn);
});

it('a transaction does not begin, commit or end when the script answers with an error', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  const { connection } = client;
  peer.answerOnce(/^BEGIN/, fails(1222));
  await expect(client.done((done) => connection.beginTransaction(done))).rejects.toMatchObject({ number: 1222 });
  await client.done((done) => connection.beginTransaction(done));
  peer.answerOnce(/^COMMIT/, fails(1222));
  await expect(client.done((done) => connection.commitTransaction(done))).rejects.toMatchObject({ number: 1222 });
  await client.run('still');
  expect(lastOf(peer).inTransaction).toBe(true);
});

it('a session is made as new where the client asks for it', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  await client.run('before');
  await client.done((done) => client.connection.reset(done));
  await client.run('after');
  expect(peer.requests.map(({ reset }) => reset).slice(-3)).toEqual([false, true, false]);
  const state = createTransactionState();
  state.note('SET XACT_ABORT ON');
  expect(state.endsWith(2627)).toBe(true);
  state.reset();
  expect(state.endsWith(2627)).toBe(false);
});

it('a transaction is ended when the session is made as new, and cannot be gone on with', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  await client.done((done) => client.connection.beginTransaction(done));
  await client.done((done) => client.connection.reset(done));
  expect(lastOf(peer)).toMatchObject({ kind: 'batch', reset: true, inTransaction: false });
  await expect(client.run('next')).rejects.toMatchObject({ number: 3971 });
});

function connect({ port }: TdsPeer): Promise<TediousClient> {
  return connectTedious({ port });
}

function lastOf<T extends TdsRequest = TdsRequest>({ requests }: TdsPeer): T {
  return requests.at(-1) as T;
}
