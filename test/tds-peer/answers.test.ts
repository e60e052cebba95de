import { once } from 'node:events';
import { Request, TYPES } from 'tedious';
import { describe, expect, it } from 'vitest';
import { count, drops, fails, hangs, informs, nothing, outputs, rows, stalls, tokens, wireBytes } from './replies.ts';
import { startTdsPeer, type TdsPeer } from './tds-peer.ts';
import { connectTedious, type TediousClient, type TediousLogin } from './tedious-client.ts';

const everyType = rows(
  {
    a: 'int',
    b: 'bigint',
    c: 'bit',
    d: 'nvarchar(40)',
    e: 'nvarchar(max)',
    f: 'datetime2(3)',
    g: 'decimal(9,2)',
    h: 'float',
    i: 'uniqueidentifier',
    j: 'varbinary(max)',
    k: 'tinyint',
    l: 'varchar(9)',
  },
  [
    -1,
    9_007_199_254_740_993n,
    true,
    'héllo 😀',
    'x'.repeat(20_000),
    '2024-02-29 23:59:59.999',
    '-12.50',
    1.5,
    '01020304-0506-0708-090A-0B0C0D0E0F10',
    Buffer.from('ab'),
    255,
    'æ',
  ],
  Array(12).fill(null),
);

it('gives rows of every type, to a call as to a batch', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  peer.answer(/FROM t/, everyType);
  const expected = [
    [
      -1,
      '9007199254740993',
      true,
      'héllo 😀',
      'x'.repeat(20_000),
      new Date('2024-02-29T23:59:59.999Z'),
      -12.5,
      1.5,
      '01020304-0506-0708-090A-0B0C0D0E0F10',
      Buffer.from('ab'),
      255,
      'æ',
    ].map((value) => (value instanceof Date ? expect.objectContaining(value) : value)),
    Array(12).fill(null),
  ];
  for (const result of [await client.run('SELECT * FROM t'), await client.runBatch('SELECT * FROM t')])
    expect(result).toEqual({ rows: expected, counts: [2], outputs: {} });
});

it('gives the counts of several statements, and results and messages among them', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  const messages: string[] = [];
  client.connection.on('infoMessage', ({ message }) => messages.push(message));
  peer.answer(/UPDATE/, [count(2), nothing, informs('half done'), rows({ id: 'int' }, [7]), count(0)]);
  for (const result of [await client.run('UPDATE t'), await client.runBatch('UPDATE t')])
    expect(result).toEqual({ rows: [[7]], counts: [2, 1, 0], outputs: {} });
  expect(messages).toEqual(['half done', 'half done']);
});

it('gives output parameters', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  peer.answer(/sp_getapplock/, outputs({ granted: 'yes', times: 3n }));
  const result = await client.call(
    'sp_getapplock',
    [{ name: 'Resource', type: TYPES.NVarChar, value: 'r' }],
    [
      { name: 'granted', type: TYPES.NVarChar, length: 10 },
      { name: 'times', type: TYPES.BigInt },
    ],
  );
  expect(result.outputs).toEqual({ granted: 'yes', times: '3' });
});

it.each([
  [1205, 13, 'deadlocked'],
  [1222, 16, 'Lock request time out'],
  [2601, 14, 'Cannot insert duplicate key row'],
  [2627, 14, 'PRIMARY KEY'],
  [2628, 16, 'would be truncated in table'],
  [8152, 16, 'would be truncated'],
])(
  'gives the error %i to a call, a batch and a bulk load, and serves the next request',
  async (number, severity, message) => {
    await using peer = await startTdsPeer();
    await using client = await connect(peer);
    const expected = { number, class: severity, message: expect.stringContaining(message), code: 'EREQUEST' };
    peer.answer(/INSERT/, fails(number));
    peer.answer('bulk', fails(number));
    await expect(client.run('INSERT')).rejects.toMatchObject(expected);
    await expect(client.runBatch('INSERT')).rejects.toMatchObject(expected);
    await expect(client.bulk('#t', [{ name: 'a', type: TYPES.Int }], [[1]])).rejects.toMatchObject(expected);
    peer.answerOnce(/INSERT/, count(1));
    expect((await client.run('INSERT')).counts).toEqual([1]);
  },
);

it('closes the connection after an error of class 20', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  peer.answer(/SELECT/, fails(40613));
  await expect(client.run('SELECT 1')).rejects.toMatchObject({ number: 40613, class: 20 });
  await peer.allClosed();
});

it('says an error in words of the script', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  peer.answer(/SELECT/, fails(50_001, { message: 'No.', state: 9, class: 11 }));
  await expect(client.run('SELECT 1')).rejects.toMatchObject({ number: 50_001, class: 11, state: 9, message: 'No.' });
});

it('waits with an answer for as long as the script does', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  const gate = Promise.withResolvers<void>();
  peer.answer(/SELECT/, async ({ text }) => {
    await gate.promise;
    return rows({ text: 'nvarchar(40)' }, [text]);
  });
  const result = client.run('SELECT 1');
  await peer.received(/SELECT/);
  gate.resolve();
  expect((await result).rows).toEqual([['SELECT 1']]);
});

describe('a cancel', () => {
  it('ends a request without an answer, and the connection serves on', async () => {
    await using peer = await startTdsPeer();
    await using client = await connect(peer);
    peer.answer(/WAIT/, hangs);
    for (const [index, run] of [client.run, client.runBatch].entries()) {
      const waiting = run('WAIT');
      await peer.received(/WAIT/, index + 1);
      client.connection.cancel();
      await expect(waiting).rejects.toMatchObject({ code: 'ECANCEL' });
    }
    expect((await client.run('SELECT 1')).rows).toEqual([]);
    expect(peer.requests.filter(({ kind }) => kind === 'cancel')).toHaveLength(2);
  });

  it('lets the rest of a stalled answer come, and ends it', async () => {
    await using peer = await startTdsPeer();
    await using client = await connect(peer);
    peer.answer(/WAIT/, stalls(rows({ n: 'int' }, ...Array.from({ length: 100 }, (_, row) => [row]))));
    const ended = Promise.withResolvers<unknown>();
    const request = new Request('WAIT', ended.resolve);
    client.connection.execSql(request);
    await once(request, 'row');
    await using other = await connect(peer);
    await other.run('SELECT 1, by when all would have come');
    client.connection.cancel();
    expect(await ended.promise).toMatchObject({ code: 'ECANCEL' });
    expect((await client.run('SELECT 1')).rows).toEqual([]);
  });

  it('is left unanswered when the script says so: the client gives the connection up', async () => {
    await using peer = await startTdsPeer();
    await using client = await connect(peer, { requestTimeout: 50, cancelTimeout: 50 });
    peer.answer(/WAIT/, hangs);
    peer.answer('cancel', hangs);
    await expect(client.run('WAIT')).rejects.toMatchObject({ message: expect.stringContaining('Failed to cancel') });
    await peer.allClosed();
  });

  it('ends the connection when the script says so', async () => {
    await using peer = await startTdsPeer();
    await using client = await connect(peer, { requestTimeout: 50 });
    peer.answer(/WAIT/, hangs);
    peer.answer('cancel', drops('before'));
    await expect(client.run('WAIT')).rejects.toMatchObject({ code: expect.stringMatching(/ESOCKET|ECONNRESET/) });
  });
});

describe('a dropped connection', () => {
  it.each(['before', 'midway'] as const)('fails the request when it is dropped %s its answer', async (when) => {
    await using peer = await startTdsPeer();
    await using client = await connect(peer);
    peer.answer(/SELECT/, drops(when, everyType));
    await expect(client.run('SELECT 1')).rejects.toMatchObject({ code: expect.stringMatching(/ESOCKET|ECONNRESET/) });
    await peer.allClosed();
  });

  it('leaves the request as it is when it is dropped after its answer', async () => {
    await using peer = await startTdsPeer();
    await using client = await connect(peer);
    const ended = once(client.connection, 'end');
    peer.answer(/SELECT/, drops('after', count(5)));
    expect((await client.run('SELECT 1')).counts).toEqual([5]);
    await ended;
    await expect(client.run('SELECT 1')).rejects.toMatchObject({ code: 'EINVALIDSTATE' });
  });

  it('ends a bulk load in its midst, once the given number of bytes has come', async () => {
    await using peer = await startTdsPeer();
    await using client = await connect(peer);
    peer.dropAfterReceiving(500_000);
    const rowsOfLoad = Array.from({ length: 1000 }, () => ['x'.repeat(2000)]);
    const load = client.bulk('#t', [{ name: 'a', type: TYPES.NVarChar, length: Number.POSITIVE_INFINITY }], rowsOfLoad);
    await expect(load).rejects.toMatchObject({ code: expect.stringMatching(/ESOCKET|ECONNRESET|EPIPE/) });
    expect(peer.requests.some(({ kind }) => kind === 'bulk')).toBe(false);
  });

  it('hits all at once', async () => {
    await using peer = await startTdsPeer();
    await using one = await connect(peer);
    await using other = await connect(peer);
    peer.answer(/WAIT/, hangs);
    const waiting = [one.run('WAIT'), other.run('WAIT')];
    await peer.received(/WAIT/, 2);
    expect(peer.connections).toBe(2);
    peer.dropConnections();
    for (const { status } of await Promise.allSettled(waiting)) expect(status).toBe('rejected');
    await peer.allClosed();
  });
});

describe('what is no TDS', () => {
  it.each([
    ['a token that does not exist', tokens(Buffer.of(0x01, 0x02, 0x03))],
    ['a packet that is shorter than its header', wireBytes(Buffer.from('0401000200000000', 'hex'))],
  ])('reaches the client: %s', async (_, reply) => {
    await using peer = await startTdsPeer();
    await using client = await connect(peer);
    peer.answer(/SELECT/, reply);
    await expect(client.run('SELECT 1')).rejects.toThrow();
  });
});

function connect({ port }: TdsPeer, login: Partial<TediousLogin> = {}): Promise<TediousClient> {
  return connectTedious({ port, ...login });
}
