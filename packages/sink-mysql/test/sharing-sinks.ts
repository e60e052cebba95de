import type { SinkShare } from '@dbsync/core/contract';
import type { EngineSession } from '@dbsync/sql';
import { CompiledQuery } from 'kysely';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { MysqlProduct } from '../../../test/harness/servers/mysql-build.ts';
import { createTestDatabase, dropTestDatabase } from '../../../test/harness/servers/mysql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from '../src/mysql-address.ts';
import { createMysqlEngine } from '../src/mysql-engine.ts';

/** The options of a call that is never aborted. */
export const options = { signal: new AbortController().signal };

/** The database of a test, and two other clients: one looks at it, one holds its lock. */
export interface SharedServer extends AsyncDisposable {
  readonly database: string;
  readonly admin: Connection;
  readonly holder: Connection;
  engineOf(share: SinkShare, url?: string): ReturnType<typeof createMysqlEngine>;
  /** Connects a sink that shares its connections, until the test ends. */
  connect(share: SinkShare, url?: string): Promise<EngineSession>;
  /** Counts sessions of the database other than the two clients. */
  numberOf(condition: string): Promise<number>;
  connections(): Promise<number>;
  /** Counts the sessions whose statement waits for the lock. */
  waiting(): Promise<number>;
  sleeping(): Promise<number>;
  /** Holds a lock that {@link WAITING} waits for, so that it keeps its connection until the lock is released. */
  holdLock(): Promise<() => Promise<void>>;
  /** Ends sessions of the database other than the two clients, or their statements alone. */
  kill(condition: string, what?: 'CONNECTION' | 'QUERY'): Promise<void>;
}

export const WAITING = 'SELECT id FROM held WHERE id = 1 FOR UPDATE';
/** A statement that takes ten minutes, and fails when it is killed. */
export const SLEEP = CompiledQuery.raw('SELECT id FROM held WHERE sleep(600)');

/** Opens the database, or creates one where none is given. */
export async function openShared(product: MysqlProduct, given?: string): Promise<SharedServer> {
  const database = given ?? (await createTestDatabase(product));
  const admin = await createConnection({ uri: database, multipleStatements: true });
  const holder = await createConnection(database);
  await admin.query('CREATE TABLE held (id int PRIMARY KEY) ENGINE = InnoDB; INSERT INTO held VALUES (1)');
  const opened = new Set<EngineSession>();
  const engineOf = (share: SinkShare, url = database) =>
    createMysqlEngine(readAddress(serverTarget(url)), () => {}, share);
  const sessions = async (condition: string) => {
    const [found] = await admin.query<RowDataPacket[]>(
      `SELECT id FROM information_schema.processlist WHERE db = database() AND id NOT IN (?, ?) AND ${condition}`,
      [admin.threadId, holder.threadId],
    );
    return found.map(({ id, ID }) => Number(id ?? ID));
  };
  const numberOf = async (condition: string) => (await sessions(condition)).length;
  return {
    database,
    admin,
    holder,
    engineOf,
    async connect(share, url) {
      const session = await engineOf(share, url).connect(options);
      opened.add(session);
      return session;
    },
    numberOf,
    connections: () => numberOf('TRUE'),
    waiting: () => numberOf("info LIKE '%FROM held WHERE id = 1%'"),
    sleeping: () => numberOf("info LIKE '%sleep(600)%'"),
    async holdLock() {
      await holder.beginTransaction();
      await holder.query(WAITING);
      return () => holder.rollback();
    },
    async kill(condition, what = 'CONNECTION') {
      // One may be gone already.
      for (const id of await sessions(condition)) await admin.query(`KILL ${what} ${id}`).catch(() => {});
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(Array.from(opened, (session) => session.close()));
      admin.destroy();
      holder.destroy();
      if (given === undefined) await dropTestDatabase(database);
    },
  };
}

export const query = (session: EngineSession, text: string, signal = options.signal) =>
  session.db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text), { signal });

/** A batch that runs one statement. */
export const batchOf = (text: string) => ({
  rows: [],
  statements: [CompiledQuery.raw(text)],
  guards: [],
  watched: new Set<string>(),
});
