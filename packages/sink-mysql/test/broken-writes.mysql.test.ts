import type { Batch, Claim, StoreSink } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { letRemember } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { type StallingProxy, startStallingProxy } from '../../../test/harness/stalling-proxy.ts';
import { createSink } from '../src/index.ts';

const { signal } = new AbortController();
const CONTACTS = Array.from({ length: 60 }, (_, number) =>
  sampleContact(`C${number}`, { values: { $comment: 'x'.repeat(4_000) } }),
);
const BATCH: Batch = { contacts: CONTACTS, inboundCalls: [], deadLetters: [], settled: [] };
/** The server renews its list of transactions only when it was not read for 100 ms. */
const PATIENT = { timeout: 20_000, interval: 150 };

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  let url: string;
  /** The user of the writer alone. */
  let user: string;
  let other: Connection;
  let observer: Connection;
  let proxy: StallingProxy;
  /** A sink that writes through the proxy. */
  let sink: StoreSink;
  let claim: Claim;
  /** A sink that reaches the server directly. */
  let standby: StoreSink;

  beforeEach(async () => {
    url = await createTestDatabase(product);
    const database = new URL(url).pathname.slice(1);
    user = `writer_${database.slice(-8)}`;
    other = await createConnection({ uri: url, multipleStatements: true });
    observer = await createConnection({ uri: url });
    await other.query(`CREATE USER '${user}' IDENTIFIED BY 'x'; GRANT ALL ON \`${database}\`.* TO '${user}'`);
    const address = new URL(url);
    [address.username, address.password] = [user, 'x'];
    await letRemember(address.href);
    const target = serverTarget(url);
    const { host, port } = target.address;
    proxy = await startStallingProxy({ host, port: port ?? 3306 });
    sink = createSink({ ...target, address: { ...target.address, port: proxy.port, user, password: 'x' } });
    standby = createSink(target);
    for (const each of [sink, standby]) {
      await each.open({ signal });
      await each.declareFields([], { signal });
    }
    claim = await claimed(sink);
    await sink.write({ ...BATCH, contacts: [sampleContact('before')] }, claim, { signal });
  });
  afterEach(async () => {
    await sink.close();
    await standby.close();
    await proxy.close();
    await other.query(`DROP USER '${user}'`);
    await Promise.all([other.end(), observer.end()]);
    await dropTestDatabase(url);
  });

  async function claimed(by: StoreSink, takeOverFrom?: string): Promise<Claim> {
    const process = { host: 'h', bootId: 'b', pid: 1, startedAt: 's' };
    const answer = await by.claim('S', 'plan', {
      leaseMs: 60_000,
      process,
      signal,
      ...(takeOverFrom && { takeOverFrom }),
    });
    if (!answer.granted) throw new Error('The stream is held');
    return answer.claim;
  }

  const stored = async () => {
    const [rows] = await observer.query<RowDataPacket[]>(
      "SELECT count(*) AS n FROM mcall_contacts WHERE `$id` LIKE 'C%'",
    );
    return rows[0]?.n;
  };

  /** Returns the writer's sessions that have locked rows, and whether they wait for more. */
  const locking = async () =>
    (
      await observer.query<RowDataPacket[]>(
        `SELECT trx_mysql_thread_id AS id, trx_state AS state FROM information_schema.innodb_trx
         JOIN information_schema.processlist ON id = trx_mysql_thread_id WHERE user = ? AND trx_rows_locked > 0`,
        [user],
      )
    )[0];

  /** Returns the session of the write that waits for a lock. */
  async function waiting(): Promise<number> {
    await expect.poll(locking, PATIENT).toContainEqual(expect.objectContaining({ state: 'LOCK WAIT' }));
    return (await locking()).find(({ state }) => state === 'LOCK WAIT')?.id;
  }

  const lockFence = () =>
    other.query("START TRANSACTION; SELECT * FROM mcall_sync_state WHERE stream = 'S' FOR UPDATE");
  const caught = (write: Promise<unknown>) => write.catch((error: unknown) => error);

  describe('a process that is frozen while it writes', () => {
    it.each([50_000, 100_000, 250_000])('R12 holds no lock that others wait for, %i bytes on', async (bytes) => {
      proxy.stallAfter(bytes);
      const late = caught(sink.write(BATCH, claim, { signal }));
      await expect.poll(() => proxy.isStalled(), PATIENT).toBe(true);
      expect(await locking()).toEqual([]);
      const next = await claimed(standby, claim.holder);
      expect(await standby.write(BATCH, next, { signal })).toMatchObject({ inserted: 420 });
      proxy.flow();
      expect(await late).toMatchObject({ verdict: 'fenced', outcome: 'not-committed' });
    });

    it('R12 holds none for long after an error that it does not hear of', async () => {
      await other.query("ALTER TABLE mcall_recordings ADD CHECK (contact_id = 'before')");
      await other.query("START TRANSACTION; INSERT INTO mcall_contacts (`$id`) VALUES ('C1')");
      const late = caught(sink.write(BATCH, claim, { signal }));
      const id = await waiting();
      proxy.dropAnswers();
      await other.query('ROLLBACK');
      await other.query("SET SESSION innodb_lock_wait_timeout = 20; INSERT INTO mcall_contacts (`$id`) VALUES ('C1')");
      await expect.poll(locking, PATIENT).toEqual([]);
      await observer.query(`KILL ${id}`).catch(() => 'The server ended it already');
      expect(await late).toMatchObject({ outcome: 'unknown', connectionLost: true });
    });
  });

  describe('a connection that is ended', () => {
    it('while rows are on their way: nothing is committed, and the write says so', async () => {
      proxy.stallAfter(100_000);
      const write = caught(sink.write(BATCH, claim, { signal }));
      await expect.poll(() => proxy.isStalled(), PATIENT).toBe(true);
      const [sessions] = await observer.query<RowDataPacket[]>(
        'SELECT id FROM information_schema.processlist WHERE user = ?',
        [user],
      );
      for (const { id } of sessions) await observer.query(`KILL ${id}`);
      const lost = { code: 'MYSQL_CONNECTION_LOST', verdict: 'retryable', outcome: 'not-committed' };
      expect(await write).toMatchObject(lost);
      proxy.flow();
      expect(await stored()).toBe(0);
      expect(await sink.write(BATCH, claim, { signal })).toMatchObject({ inserted: 420 });
    });

    it('R11 in the transaction: the outcome is unknown until the next claim', async () => {
      await lockFence();
      const write = caught(sink.write(BATCH, claim, { signal }));
      await observer.query(`KILL ${await waiting()}`);
      const lost = { code: 'MYSQL_CONNECTION_LOST', verdict: 'retryable', outcome: 'unknown' };
      expect(await write).toMatchObject(lost);
      await other.query('COMMIT');
      expect(await stored()).toBe(0);
      expect(await sink.write(BATCH, await claimed(sink, claim.holder), { signal })).toMatchObject({ inserted: 420 });
    });

    it('R11 after the commit, before the answer: the outcome is unknown, and the rows are there', async () => {
      await lockFence();
      const write = caught(sink.write(BATCH, claim, { signal }));
      const id = await waiting();
      proxy.dropAnswers();
      await other.query('COMMIT');
      await expect.poll(stored, PATIENT).toBe(60);
      await observer.query(`KILL ${id}`);
      const lost = { code: 'MYSQL_CONNECTION_LOST', verdict: 'retryable', outcome: 'unknown' };
      expect(await write).toMatchObject(lost);
      proxy.flow();
      const again = await sink.write(BATCH, await claimed(sink, claim.holder), { signal });
      expect(again).toMatchObject({ inserted: 0, updated: 0 });
    });
  });

  it('says of a write that was ended while it waited for a lock that nothing was committed', async () => {
    await lockFence();
    const write = caught(sink.write(BATCH, claim, { signal }));
    await observer.query(`KILL QUERY ${await waiting()}`);
    expect(await write).toMatchObject({ code: 'MYSQL_BUSY', verdict: 'retryable', outcome: 'not-committed' });
    await other.query('COMMIT');
    expect(await stored()).toBe(0);
    expect(await sink.write(BATCH, claim, { signal })).toMatchObject({ inserted: 420 });
  });

  it('says busy of a write that lost a deadlock, of which nothing was committed', async () => {
    // The server ends the transaction that has written less.
    await other.query(`START TRANSACTION; INSERT INTO mcall_recordings (id)
      WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 900) SELECT n FROM numbers`);
    await other.query("SELECT * FROM mcall_sync_state WHERE stream = 'S' FOR UPDATE");
    const write = caught(sink.write(BATCH, claim, { signal }));
    await waiting();
    await other.query("SELECT * FROM mcall_contacts WHERE `$id` = 'C1' FOR UPDATE");
    expect(await write).toMatchObject({ code: 'MYSQL_BUSY', verdict: 'retryable', outcome: 'not-committed' });
    await other.query('ROLLBACK');
    expect(await sink.write(BATCH, claim, { signal })).toMatchObject({ inserted: 420 });
  });

  it('ends a write that is aborted, and leaves the sink fit for the next', async () => {
    await lockFence();
    const stop = new AbortController();
    const write = sink.write(BATCH, claim, { signal: stop.signal });
    await waiting();
    stop.abort();
    await expect(write).rejects.toThrow();
    await other.query('COMMIT');
    await sink.write(BATCH, await claimed(sink, claim.holder), { signal });
    expect(await stored()).toBe(60);
  });
});
