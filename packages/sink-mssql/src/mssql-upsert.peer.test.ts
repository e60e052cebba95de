import { isSinkError } from '@dbsync/core/contract';
import type { Cell, EngineSession, SqlEngine, UpsertBatch, UpsertTable } from '@dbsync/sql';
import { drops, fails, hangs, type Part, type Reply, rows } from '@dbsync/tds-peer/replies';
import type { BulkRequest } from '@dbsync/tds-peer/requests';
import type { TdsPeer } from '@dbsync/tds-peer/tds-peer';
import { CompiledQuery } from 'kysely';
import { describe, expect, it } from 'vitest';
import { peerTarget, startMssqlPeer } from '../../../test/harness/mssql-peer.ts';
import { GUARD_MISSED, ROW_TAKEN } from './commit-script.js';
import { readAddress } from './mssql-address.js';
import { createMssqlEngine } from './mssql-engine.js';

const options = { signal: new AbortController().signal };
const COMMIT = /^BEGIN TRANSACTION;$/m;
const done = (inserted: number, updated: number) =>
  rows({ inserted0: 'int', updated0: 'int', done: 'int' }, [inserted, updated, 1]);

interface Bench extends AsyncDisposable {
  readonly peer: TdsPeer;
  readonly engine: SqlEngine;
  readonly session: EngineSession;
  upsert(more?: Partial<UpsertBatch>): Promise<unknown>;
}

/** Opens a session on a peer whose transactions all commit. `upsert` writes three rows, and returns its error. */
async function createBench(): Promise<Bench> {
  const peer = await startMssqlPeer();
  peer.answer(COMMIT, done(1, 1));
  const engine = createMssqlEngine(readAddress(peerTarget(peer)));
  const session = await engine.connect(options);
  const types: readonly (readonly [string, string])[] = [
    ['id', 'nvarchar(255) COLLATE Latin1_General_100_BIN2'],
    ['owner', 'nvarchar(255) COLLATE Latin1_General_100_BIN2'],
    ['note', 'nvarchar(max) COLLATE Latin1_General_CI_AS'],
    ['n', 'decimal(38,10)'],
    ['done', 'bit'],
    ['at', 'datetime2(3)'],
  ];
  const columns = types.map(([name, type]) => ({ name, type, storage: engine.types.storageOf(type, null) }));
  const at = columns[5];
  if (at === undefined) throw new TypeError('There is no such column');
  const table: UpsertTable = { name: 'rows', columns, ownerIndex: 1, changed: { ...at, name: '$changed' } };
  const cells: readonly (readonly Cell[])[] = [
    ['1', 'a', 'it\'s "x"\\\n\0\ud800😀', '12345678901234567890.10', true, '2026-01-02T03:04:05.678Z'],
    ['2', 'b', '', 1e-7, false, null],
    ['3', 'c', null, null, null, null],
  ];
  const batch = { rows: [{ table, rows: cells }], statements: [], guards: [], watched: new Set<string>() };
  return {
    peer,
    engine,
    session,
    upsert: async (more = {}) => {
      try {
        return await session.upsert({ ...batch, ...more }, options);
      } catch (error) {
        return isSinkError(error) ? error : engine.toSinkError(error);
      }
    },
    async [Symbol.asyncDispose]() {
      await session.close();
      await peer[Symbol.asyncDispose]();
    },
  };
}

const texts = ({ requests }: TdsPeer, pattern: RegExp) => requests.filter(({ text }) => pattern.test(text));

describe('a write', () => {
  it('R12 stages rows by bulk load, outside of the transaction, which is one request', async () => {
    await using bench = await createBench();
    expect(await bench.upsert()).toEqual({
      committed: true,
      inserted: 1,
      updated: 1,
      unchanged: 1,
      touched: new Set(),
    });
    const { rows: staged, columns } = (await bench.peer.received('bulk')) as BulkRequest;
    expect(columns.map(({ name }) => name)).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5']);
    expect(staged).toEqual([
      ['1', 'a', 'it\'s "x"\\\n\0\ud800😀', '12345678901234567890.10', '1', '2026-01-02T03:04:05.678'],
      ['2', 'b', '', '0.0000001', '0', null],
      ['3', 'c', null, null, null, null],
    ]);
    expect(bench.peer.requests.some(({ inTransaction }) => inTransaction)).toBe(false);
    expect(texts(bench.peer, COMMIT)).toHaveLength(1);
    expect((await bench.peer.received(COMMIT)).kind).toBe('batch');
  });

  it('makes a stage once a connection, and empties it before each use, R14 in no transaction', async () => {
    await using bench = await createBench();
    for (let times = 0; times < 3; times += 1) await bench.upsert();
    expect(texts(bench.peer, /CREATE TABLE #dbsync_stage_1 /)).toHaveLength(1);
    const emptied = texts(bench.peer, /TRUNCATE TABLE #dbsync_stage_1/);
    expect(emptied.map(({ inTransaction, text }) => inTransaction || COMMIT.test(text))).toEqual([false, false]);
  });

  it('tells those of the watched owners whose rows changed', async () => {
    await using bench = await createBench();
    bench.peer.answer(COMMIT, [rows({ owner: 'nvarchar(max)' }, ['a'], ['c'], ['z']), done(2, 1)]);
    const watched = new Set(['a', 'b', 'c']);
    expect(await bench.upsert({ watched })).toMatchObject({ committed: true, touched: new Set(['a', 'c']) });
  });

  it('puts literals where the statements behind the rows have parameters', async () => {
    await using bench = await createBench();
    await bench.upsert({ statements: [CompiledQuery.raw('DELETE FROM x WHERE id = @1', ["it's"])] });
    expect((await bench.peer.received(COMMIT)).text).toContain("DELETE FROM x WHERE id = N'it''s';");
  });
});

describe('a write that seems new', () => {
  it('is a plain insert', async () => {
    await using bench = await createBench();
    await bench.upsert({ seemsNew: true });
    expect((await bench.peer.received(COMMIT)).text).not.toMatch(/UPDATE t|NOT EXISTS/);
  });

  it.each([2627, 2601])(
    'goes on as ever, without another load, where error %i says that a row is there',
    async (number) => {
      await using bench = await createBench();
      bench.peer.answerOnce(COMMIT, fails(number));
      expect(await bench.upsert({ seemsNew: true })).toMatchObject({ committed: true });
      expect(texts(bench.peer, COMMIT).map(({ text }) => /UPDATE t/.test(text))).toEqual([false, true]);
      expect(bench.peer.requests.filter(({ kind }) => kind === 'bulk')).toHaveLength(1);
    },
  );
});

describe('what the server says in the transaction', () => {
  it.each([
    [1205, 'MSSQL_BUSY', 'retryable'],
    [1222, 'MSSQL_BUSY', 'retryable'],
    [8152, 'MSSQL_ROW_REFUSED', 'refused'],
    [2628, 'MSSQL_ROW_REFUSED', 'refused'],
    [547, 'MSSQL_ROW_REFUSED', 'refused'],
    [208, 'MSSQL_SCHEMA_CHANGED', 'fatal'],
    [9002, 'MSSQL_FULL', 'retryable'],
  ])('error %i is %s, %s: nothing was committed, and the connection stays', async (number, code, verdict) => {
    await using bench = await createBench();
    bench.peer.answerOnce(COMMIT, fails(number));
    expect(await bench.upsert()).toMatchObject({ code, verdict, outcome: 'not-committed', connectionLost: false });
    expect(await bench.upsert()).toMatchObject({ committed: true });
    expect(bench.peer.requests.filter(({ kind }) => kind === 'login')).toHaveLength(1);
  });

  it('leaves no transaction open behind an error that did not end it', async () => {
    await using bench = await createBench();
    bench.peer.answerOnce(COMMIT, fails(547, { endsTransaction: false }));
    await bench.upsert();
    await bench.upsert();
    expect(texts(bench.peer, /^IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION/)).toHaveLength(1);
    expect((await bench.peer.received('bulk', 2)).inTransaction).toBe(false);
  });

  it('a key that another session inserts meanwhile is tried once more, then refused', async () => {
    await using bench = await createBench();
    bench.peer.answerOnce(COMMIT, fails(2627));
    expect(await bench.upsert()).toMatchObject({ committed: true });
    bench.peer.answer(COMMIT, fails(2627));
    expect(await bench.upsert()).toMatchObject({ code: 'MSSQL_ROW_REFUSED', verdict: 'refused' });
    expect(texts(bench.peer, COMMIT)).toHaveLength(4);
  });

  it('R10 a guard that met no row is no error', async () => {
    await using bench = await createBench();
    bench.peer.answer(COMMIT, fails(GUARD_MISSED));
    expect(await bench.upsert()).toEqual({ committed: false, because: 'guard' });
  });

  it('R18 rows of other owners are named by their keys', async () => {
    await using bench = await createBench();
    bench.peer.answer(COMMIT, fails(ROW_TAKEN));
    bench.peer.answer(/^SELECT s\.c0 AS taken/, rows({ taken: 'nvarchar(255)' }, ['2']));
    const answer = await bench.upsert();
    expect(answer).toMatchObject({
      committed: false,
      because: 'owner',
      taken: [{ key: '2', table: { name: 'rows' } }],
    });
  });
});

describe('a connection that breaks', () => {
  it.each<[string, Reply | Part]>([
    ['before the transaction has answered', drops('before')],
    ['in the middle of its answer', drops('midway', done(3, 0))],
    ['by a severe error', fails(40613)],
  ])('R11 %s leaves the outcome open', async (_, reply) => {
    await using bench = await createBench();
    bench.peer.answerOnce(COMMIT, reply);
    const error = await bench.upsert();
    expect(error).toMatchObject({ verdict: 'retryable', outcome: 'unknown', connectionLost: true });
    expect(await bench.upsert()).toMatchObject({ committed: true });
  });

  it('while rows are on their way has committed nothing', async () => {
    await using bench = await createBench();
    await bench.upsert();
    const lost = {
      code: 'MSSQL_CONNECTION_LOST',
      verdict: 'retryable',
      outcome: 'not-committed',
      connectionLost: true,
    };
    bench.peer.dropAfterReceiving(700);
    expect(await bench.upsert()).toMatchObject(lost);
    bench.peer.answerOnce('bulk', drops('before'));
    expect(await bench.upsert()).toMatchObject(lost);
    expect(texts(bench.peer, COMMIT)).toHaveLength(1);
  });
});

describe('a write that is aborted', () => {
  it.each([
    ['answers', true],
    ['does not answer', false],
  ])('R11 may have committed: the server %s', async (_, answers) => {
    await using bench = await createBench();
    bench.peer.answerOnce(COMMIT, hangs);
    if (!answers) bench.peer.answerOnce('cancel', hangs);
    const stop = new AbortController();
    const { session, engine, peer } = bench;
    const batch = {
      rows: [],
      statements: [CompiledQuery.raw('DELETE FROM x')],
      guards: [],
      watched: new Set<string>(),
    };
    const write = session.upsert(batch, stop).catch(engine.toSinkError);
    await peer.received(COMMIT);
    stop.abort();
    expect(await write).toMatchObject({ verdict: 'retryable', outcome: 'unknown', connectionLost: true });
    expect(await bench.upsert()).toMatchObject({ committed: true });
    expect(peer.requests.filter(({ kind }) => kind === 'login')).toHaveLength(answers ? 1 : 2);
  });
});
