import { type Duplex, Readable } from 'node:stream';
import type { Connection, QueryError, QueryOptions, ResultSetHeader } from 'mysql2';
import { endsSession } from './error-numbers.js';
import { refuseTooLong } from './request-size.js';
import { FACTS_QUERY, type FactsRow, PRODUCT, type ServerFacts, serverFacts } from './server-facts.js';
import { sessionSettings } from './session-settings.js';

/** A session on the server; the same object as long as the session lasts. */
export interface ServerConnection {
  readonly server: ServerFacts;
  /** Runs one statement and returns its rows. Refuses one that is too long, as `request` does. */
  query<R>(text: string): Promise<readonly R[]>;
  /** Runs one statement. Returns its rows, or the server's answer where it has none. Refuses one that is too long. */
  execute(text: string): Promise<unknown[] | ResultSetHeader>;
  /** Runs several statements. Returns the rows of each that has some. */
  request(text: string): Promise<readonly (readonly unknown[])[]>;
  /** Runs LOAD DATA LOCAL INFILE with these bytes. If it fails, the connection cannot be used any more. */
  load(text: string, bytes: Iterable<Buffer>): Promise<ResultSetHeader>;
  /** Breaks the connection, without a message to the server. */
  destroy(): void;
}

/**
 * Gives a new session the settings that dbsync relies on.
 *
 * @param onEnded called when the server tells that it has ended the session. The socket may end later, and until then another call could
 * get the connection
 */
export async function openSession(connection: Connection, onEnded: () => void = () => {}): Promise<ServerConnection> {
  // A connection may break at any time; its user learns of that from the query.
  connection.on('error', () => {});
  try {
    const [facts] = (await answer(connection, { sql: FACTS_QUERY })) as [FactsRow];
    const server = serverFacts(facts);
    await answer(connection, { sql: sessionSettings(server.kind) }).catch((error: Error) => {
      // An old server lacks some of the settings: its version says so.
      error.message = `${error.message}. This server is ${PRODUCT[server.kind]} ${server.version}`;
      throw error;
    });
    return session(connection, server, onEnded);
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** Breaks a connection so that a waiting request fails at once; the driver's own `destroy` would leave it waiting. */
export function breakOff(connection: Connection): void {
  (connection as unknown as { readonly stream: Duplex }).stream.destroy();
}

function session(connection: Connection, server: ServerFacts, onEnded: () => void): ServerConnection {
  const ask = (query: QueryOptions) =>
    answer(connection, query).catch((error: QueryError) => {
      if (endsSession(error)) onEnded();
      throw error;
    });
  const send = async (sql: string) => {
    refuseTooLong(sql, server);
    return ask({ sql });
  };
  return {
    server,
    query: async <R>(sql: string) => (await send(sql)) as R[],
    execute: async (sql) => (await send(sql)) as unknown[] | ResultSetHeader,
    request: async (sql) => {
      const results = await send(sql);
      return Array.isArray(results) ? results.filter(Array.isArray) : [];
    },
    load: async (sql, bytes) => {
      const infileStreamFactory = () => Readable.from(bytes, { objectMode: false });
      return (await ask({ sql, infileStreamFactory })) as ResultSetHeader;
    },
    destroy: () => {
      connection.destroy();
      breakOff(connection);
    },
  };
}

function answer(connection: Connection, query: QueryOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query(query, (error, result) => {
      if (error === null) resolve(result);
      else reject(withoutStatement(error));
    });
  });
}

/** Removes the statement that the driver adds to its errors: it may hold megabytes of customer data. */
function withoutStatement(error: QueryError): Error {
  delete (error as { sql?: string }).sql;
  return error;
}
