import { CompiledQuery } from 'kysely';
import { describe, expect, it } from 'vitest';
import { startMuteAddress } from '../../../test/harness/mute-address.ts';
import { MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { sinkShare } from '../../../test/harness/sink-share.ts';
import { batchOf, openShared, options, query, WAITING } from './sharing-sinks.ts';

const insert = (id: number) => CompiledQuery.raw(`INSERT INTO held VALUES (${id})`);

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  it('R2 commits nothing of a write that the server has ended with the next write through its connection', async () => {
    await using server = await openShared(product);
    const share = sinkShare(4);
    const [one, other] = [await server.connect(share), await server.connect(share)] as const;
    const release = await server.holdLock();
    const statements = [insert(2), CompiledQuery.raw(WAITING)];
    const ended = one.upsert({ ...batchOf(''), statements }, options).catch((error) => error);
    await expect.poll(server.waiting).toBe(1);
    await server.kill("info LIKE '%FROM held WHERE id = 1%'", 'QUERY');
    expect(await ended).toMatchObject({ code: 'MYSQL_BUSY' });
    await release();
    expect(await other.upsert({ ...batchOf(''), statements: [insert(3)] }, options)).toMatchObject({ committed: true });
    expect((await query(other, 'SELECT id FROM held ORDER BY id')).rows).toEqual([{ id: 1 }, { id: 3 }]);
  });

  it('keeps a connection after a write for as long as before it', async () => {
    await using server = await openShared(product);
    const session = await server.connect(sinkShare(4));
    const idle = async () => (await query(session, 'SELECT @@wait_timeout AS seconds')).rows;
    const before = await idle();
    await session.upsert({ ...batchOf(''), statements: [insert(2)] }, options);
    expect(await idle()).toEqual(before);
  });

  it('frees the place of a call whose connection the server opened and then answered no more', async () => {
    await using server = await openShared(product);
    const share = sinkShare(4);
    await using address = await startMuteAddress(`${server.database}?connect-timeout=1`, isStatement);
    const one = await server.connect(share, address.url);
    const release = await server.holdLock();
    const kept = query(one, WAITING);
    await expect.poll(server.waiting).toBe(1);
    address.mute();
    const error = await server.connect(share, address.url).catch((error) => error);
    expect(error).toMatchObject({ code: 'MYSQL_UNREACHABLE' });
    address.answer();
    const next = await server.connect(share, address.url);
    expect((await query(next, 'SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await release();
    expect((await kept).rows).toEqual([{ id: 1 }]);
    for (const session of [one, next]) expect(session.losses.unreported()).toBeNull();
  });
});

/** The number within the exchange, and the kind of the command. */
const isStatement = (bytes: Buffer) => bytes[3] === 0 && bytes[4] === 3;
