import { Readable } from 'node:stream';
import type { MysqlPoolConnection as KyselyConnection } from 'kysely';
import type { PoolConnection } from 'mysql2';
import { refuseTooLong } from './request-size.js';
import type { ServerFacts } from './server-facts.js';
import { statementText } from './statement-text.js';

/** A connection as kysely asks for one, that writes parameters out the way we do. */
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
 * One that did not come about: the first query fails with the reason. Kysely writes to the terminal of an acquisition that
 * fails after an abort, of a query it does not.
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
