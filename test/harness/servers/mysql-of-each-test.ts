import type { Batch, Claim, CreateSink, StoreSink, WriteResult } from '@dbsync/core/contract';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterEach, beforeEach } from 'vitest';
import { batchOf, claimOf } from '../sqlite-file.ts';
import type { MysqlProduct } from './mysql-build.ts';
import { createTestDatabase, dropTestDatabase } from './mysql-database.ts';
import { serverTarget } from './server-target.ts';

/** A database with the tables of dbsync, which the test's sink has claimed, and another client of it. */
export interface MysqlOfTest {
  readonly url: string;
  readonly other: Connection;
  readonly sink: StoreSink;
  readonly claim: Claim;
  /** Connects one more client. Its connection is broken at the end of the test, before the database is dropped. */
  connect(): Promise<Connection>;
  write(parts: Partial<Batch>): Promise<WriteResult>;
}

/** Gives each test of the suite a database of its own, with tables and a claim. */
export function mysqlOfEachTest(
  product: MysqlProduct,
  createSink: (...target: Parameters<CreateSink>) => StoreSink,
): MysqlOfTest {
  const options = { signal: new AbortController().signal };
  const clients: Connection[] = [];
  let current: Omit<MysqlOfTest, 'write' | 'connect'> | null = null;
  const opened = () => {
    if (current === null) throw new Error('No test runs, so there is no database.');
    return current;
  };
  beforeEach(async () => {
    const url = await createTestDatabase(product);
    const other = await createConnection(url);
    const sink = createSink(serverTarget(url));
    await sink.open(options);
    await sink.declareFields([], options);
    current = { url, other, sink, claim: await claimOf(sink) };
  });
  afterEach(async () => {
    const { url, other, sink } = opened();
    current = null;
    // A failed test leaves transactions open, and the drop would wait for their locks.
    for (const client of clients.splice(0)) client.destroy();
    await sink.close();
    await other.end();
    await dropTestDatabase(url);
  });
  return {
    get url() {
      return opened().url;
    },
    get other() {
      return opened().other;
    },
    get sink() {
      return opened().sink;
    },
    get claim() {
      return opened().claim;
    },
    async connect() {
      const client = await createConnection(opened().url);
      clients.push(client);
      return client;
    },
    write: (parts) => opened().sink.write(batchOf(parts), opened().claim, options),
  };
}
