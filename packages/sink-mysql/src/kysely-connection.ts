import { Readable } from 'node:stream';
import type { MysqlPoolConnection as KyselyConnection } from 'kysely';
import type { PoolConnection } from 'mysql2';
import { refuseTooLong } from './request-size.js';
import type { ServerFacts } from './server-facts.js';
import { statementText } from './statement-text.js';

/** Returns a connection for kysely that writes parameters as literals. */
export function kyselyConnection(connection: PoolConnection, server: ServerFacts): KyselyConnection {
  return {
    config: connection.config,
    threadId: connection.threadId,
    connect: (callback) => connection.connect((error) => callback?.(error)),
    destroy: () => connection.destroy(),
    release: () => connection.release(),
    query: (sql, parameters, callback) => {
      const text = statementText({ sql, parameters: parameters ?? [] });
      refuseTooLong(text, server);
      return connection.query(text, (error: unknown, result: never) => callback?.(error, result));
    },
  };
}

/**
 * Returns a connection that could not be opened: the first query fails with the reason. After an abort, Kysely writes a
 * failed acquisition to the terminal, but not a failed query.
 */
export function failedConnection(failure: unknown): KyselyConnection {
  return {
    config: {},
    threadId: 0,
    connect: (callback) => callback?.(failure),
    destroy() {},
    release() {},
    query: (_sql, _parameters, callback) => {
      callback?.(failure, []);
      return { stream: () => Readable.from([]) };
    },
  };
}
