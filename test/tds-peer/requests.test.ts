import { TYPES } from 'tedious';
import { expect, it } from 'vitest';
import { rows } from './replies.ts';
import type { BulkRequest, CallRequest, TdsRequest } from './requests.ts';
import { startTdsPeer, type TdsPeer } from './tds-peer.ts';
import { connectTedious, type TediousClient } from './tedious-client.ts';

it('tells a batch as it was sent, however long', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  const batch = `SELECT N'😀 ${'x'.repeat(200_000)}'`;
  await client.runBatch(batch);
  expect(peer.requests.at(-1)).toEqual({
    kind: 'batch',
    connection: 1,
    reset: false,
    inTransaction: false,
    text: batch,
  });
});

it('tells a statement with its parameters, each with its type and its value', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  await client.run('SELECT @a', [
    { name: 'a', type: TYPES.NVarChar, value: 'hé 😀' },
    { name: 'b', type: TYPES.NVarChar, value: 'y'.repeat(5000) },
    { name: 'c', type: TYPES.NVarChar, value: null },
    { name: 'd', type: TYPES.Int, value: -7 },
    { name: 'e', type: TYPES.BigInt, value: '9007199254740993' },
    { name: 'f', type: TYPES.Bit, value: true },
    { name: 'g', type: TYPES.DateTime2, value: new Date('2024-02-29T12:34:56.789Z'), scale: 3 },
    { name: 'h', type: TYPES.VarBinary, value: Buffer.from('ab') },
    { name: 'i', type: TYPES.Decimal, value: 12.5, precision: 9, scale: 2 },
    { name: 'j', type: TYPES.Float, value: 0.1 },
  ]);
  const call = lastOf<CallRequest>(peer);
  expect(call).toMatchObject({ kind: 'call', procedure: 'sp_executesql', text: 'SELECT @a' });
  expect(call.parameters.map(({ name, type, value }) => [name, type.name, value])).toEqual([
    ['a', 'nvarchar(5)', 'hé 😀'],
    ['b', 'nvarchar(max)', 'y'.repeat(5000)],
    ['c', 'nvarchar(4000)', null],
    ['d', 'int', -7],
    ['e', 'bigint', 9_007_199_254_740_993n],
    ['f', 'bit', true],
    ['g', 'datetime2(3)', '2024-02-29 12:34:56.789'],
    ['h', 'varbinary(2)', Buffer.from('ab')],
    ['i', 'decimal(9,2)', '12.50'],
    ['j', 'float', 0.1],
  ]);
});

it('knows a prepared statement again by its handle, until it is given up', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  peer.answer(/SELECT @a/, (request) => rows({ a: 'int' }, [(request as CallRequest).parameters[0]?.value ?? null]));
  const { rows: read } = await client.runPrepared('SELECT @a', [{ name: 'a', type: TYPES.Int }], [{ a: 1 }, { a: 2 }]);
  expect(read).toEqual([[1], [2]]);
  const calls = peer.requests.filter((request) => request.kind === 'call');
  expect(calls.map(({ procedure, text }) => [procedure, text])).toEqual([
    ['sp_prepare', 'sp_prepare'],
    ['sp_execute', 'SELECT @a'],
    ['sp_execute', 'SELECT @a'],
    ['sp_unprepare', 'sp_unprepare'],
  ]);
  const handle = { name: 'handle', type: TYPES.Int, value: 1 };
  await expect(client.call('sp_execute', [handle], [])).rejects.toMatchObject({ number: 8179 });
});

it('tells the rows of a bulk load, and counts them', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  const max = Number.POSITIVE_INFINITY;
  const fields = [
    { name: 'a', type: TYPES.NVarChar, length: max },
    { name: 'b ]', type: TYPES.NVarChar, length: 40 },
    { name: 'c', type: TYPES.Int },
    { name: 'd', type: TYPES.BigInt },
    { name: 'e', type: TYPES.Bit },
  ];
  const sent = [
    ['', '', 0, 0n, false],
    [null, null, null, null, null],
    ['😀'.repeat(30_000), 'ü', -5, 2n ** 62n, true],
  ];
  expect(await client.bulk('#t', fields, sent)).toBe(3);
  const { text, columns, rows: reported } = lastOf<BulkRequest>(peer);
  expect(text).toMatch(/^insert bulk #t\(/);
  expect(columns.map(({ name, type }) => [name, type.name])).toEqual([
    ['a', 'nvarchar(max)'],
    ['b ]', 'nvarchar(40)'],
    ['c', 'int'],
    ['d', 'bigint'],
    ['e', 'bit'],
  ]);
  expect(reported).toEqual(sent);
});

it('tells a bulk load that was taken back half way, and serves on', async () => {
  await using peer = await startTdsPeer();
  await using client = await connect(peer);
  const begun = Promise.withResolvers<void>();
  const stop = Promise.withResolvers<void>();
  const load = client.connection.newBulkLoad('#t', (error) => (error ? failed.resolve(error) : failed.reject(error)));
  const failed = Promise.withResolvers<Error>();
  load.addColumn('a', TYPES.NVarChar, { nullable: true, length: Number.POSITIVE_INFINITY });
  async function* endless() {
    for (let row = 0; row < 100; row += 1) yield ['x'.repeat(2000)];
    begun.resolve();
    await stop.promise;
    yield ['never'];
  }
  client.connection.execBulkLoad(load, endless());
  await begun.promise;
  load.cancel();
  stop.resolve();
  expect(await failed.promise).toMatchObject({ code: 'ECANCEL' });
  expect(lastOf(peer)).toMatchObject({ kind: 'withdrawn' });
  expect((await client.run('SELECT 1')).rows).toEqual([]);
});

function connect({ port }: TdsPeer): Promise<TediousClient> {
  return connectTedious({ port });
}

function lastOf<T extends TdsRequest = TdsRequest>({ requests }: TdsPeer): T {
  return requests.at(-1) as T;
}
