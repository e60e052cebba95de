import type { CreateSink, Field, OptionValue, SinkNotice, StoreSink } from '@dbsync/core/contract';
import pg from 'pg';
import { afterEach, beforeEach } from 'vitest';
import { createTestDatabase } from './postgres-database.ts';
import { serverTarget } from './server-target.ts';

/** The database of the running test, and another client of it, which plays the other programs. */
export interface PostgresOfTest {
  readonly url: string;
  readonly other: pg.Client;
  /** The notices of the sinks in this test. */
  readonly notices: readonly SinkNotice[];
  /** Opens one more sink on it. Declares the fields, unless they are undefined. The test closes none. */
  open(fields?: readonly Field[], target?: SinkPlace): Promise<StoreSink>;
  /** Connects one more client, whose connection ends with the test. */
  connect(): Promise<pg.Client>;
  /** Returns the rows that the other client gets. */
  query(text: string): Promise<pg.QueryResult['rows']>;
}

/** The place where a sink is opened. */
export interface SinkPlace {
  /** Default: the database of the test. */
  readonly url?: string;
  readonly options?: Readonly<Record<string, OptionValue>>;
}

/** Gives each test of the file a PostgreSQL database of its own. */
export function postgresOfEachTest(createSink: (...target: Parameters<CreateSink>) => StoreSink): PostgresOfTest {
  const { signal } = new AbortController();
  const opened: StoreSink[] = [];
  const clients: pg.Client[] = [];
  let [url, notices]: [string, SinkNotice[]] = ['', []];
  let other = new pg.Client();
  const connect = async () => {
    const client = new pg.Client({ connectionString: url });
    clients.push(client);
    await client.connect();
    return client;
  };
  beforeEach(async () => {
    url = await createTestDatabase();
    notices = [];
    other = await connect();
  });
  afterEach(async () => {
    // A failed test leaves transactions open, which calls of the sinks may wait for.
    for (const client of clients.splice(0)) await client.end();
    for (const sink of opened.splice(0)) await sink.close();
  });
  return {
    get url() {
      return url;
    },
    get other() {
      return other;
    },
    get notices() {
      return notices;
    },
    async open(fields, { url: at = url, options = {} } = {}) {
      const sink = createSink({ ...serverTarget(at, options), notify: (notice) => notices.push(notice) });
      opened.push(sink);
      await sink.open({ signal });
      if (fields !== undefined) await sink.declareFields(fields, { signal });
      return sink;
    },
    connect,
    query: async (text) => (await other.query(text)).rows,
  };
}
