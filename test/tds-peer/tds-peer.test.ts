import { TYPES } from 'tedious';
import { describe, expect, it } from 'vitest';
import { count, hangs } from './replies.ts';
import { startTdsPeer, type TdsPeer } from './tds-peer.ts';
import { connectTedious, type TediousClient } from './tedious-client.ts';

describe('a script', () => {
  it('uses what is said once in its order, then the newest of what is said for ever', async () => {
    await using peer = await startTdsPeer();
    await using client = await connect(peer);
    peer.answer('call', count(1));
    peer.answer(/UPDATE/, count(2));
    peer.answerOnce(/UPDATE/, count(3));
    peer.answerOnce(({ text }) => text.endsWith('t'), count(4));
    const counts: unknown[] = [];
    for (const sql of ['UPDATE t', 'UPDATE t', 'UPDATE t', 'DELETE']) counts.push(...(await client.run(sql)).counts);
    expect(counts).toEqual([3, 4, 2, 1]);
  });

  it('is not fooled by a flag of its expression', async () => {
    await using peer = await startTdsPeer();
    await using client = await connect(peer);
    peer.answer(/UPDATE/g, count(2));
    for (let times = 0; times < 3; times += 1) expect((await client.run('UPDATE')).counts).toEqual([2]);
  });
});

it('says at its end what it could not read, and lets nothing pass', async () => {
  const peer = await startTdsPeer();
  await using client = await connect(peer);
  const call = client.run('SELECT @a', [{ name: 'a', type: TYPES.Time, value: new Date(0) }]);
  await expect(call).rejects.toMatchObject({ code: expect.stringMatching(/ESOCKET|ECONNRESET/) });
  await expect(peer[Symbol.asyncDispose]()).rejects.toMatchObject({
    errors: [expect.objectContaining({ message: expect.stringContaining('0x29') })],
  });
});

it('says at its end what failed in the script', async () => {
  const peer = await startTdsPeer();
  await using client = await connect(peer);
  peer.answer(/SELECT/, () => {
    throw new Error('A mistake in the script');
  });
  await expect(client.run('SELECT 1')).rejects.toThrow();
  await expect(peer[Symbol.asyncDispose]()).rejects.toMatchObject({
    errors: [expect.objectContaining({ message: 'A mistake in the script' })],
  });
});

it('leaves nothing open when it ends, whatever waits', async () => {
  const peer = await startTdsPeer();
  await using client = await connect(peer);
  peer.answer(/WAIT/, hangs);
  const waiting = expect(client.run('WAIT')).rejects.toThrow();
  await peer.received(/WAIT/);
  await peer[Symbol.asyncDispose]();
  await waiting;
  expect(peer.connections).toBe(0);
  await expect(connect(peer)).rejects.toMatchObject({ code: 'ESOCKET' });
});

function connect({ port }: TdsPeer): Promise<TediousClient> {
  return connectTedious({ port });
}
