import type { CallOptions } from '@dbsync/core/contract';
import { type EngineSession, exposureOf, type SqlEngine, type SyncTables } from '@dbsync/sql';
import { Kysely } from 'kysely';
import { askForBabelfish } from './babelfish.js';
import { createKyselyDialect } from './kysely-dialect.js';
import { loginWarnings } from './login-warnings.js';
import { isLocal, type MssqlAddress } from './mssql-address.js';
import { type Account, createErrorClassifier } from './mssql-errors.js';
import { askForAccount, checkHealth } from './mssql-health.js';
import { mssqlLimits } from './mssql-limits.js';
import { createMssqlPool } from './mssql-pool.js';
import { createMssqlSchema } from './mssql-schema.js';
import { createMssqlTypes } from './mssql-types.js';
import { createUpsert } from './mssql-upsert.js';
import { mssqlViewDialect } from './mssql-views.js';

/** Creates the engine. Opens nothing; only `connect` opens files and connections. */
export function createMssqlEngine(address: MssqlAddress): SqlEngine {
  const server = { isBabelfish: false, wasOpen: false, account: null as Account | null };
  const toSinkError = createErrorClassifier(
    address,
    () => server.wasOpen,
    () => server.account,
  );

  const connect = async ({ signal }: CallOptions): Promise<EngineSession> => {
    const pool = createMssqlPool(address);
    try {
      await pool.use(signal, async (connection) => {
        server.isBabelfish = await askForBabelfish(connection, { signal });
        server.account = await askForAccount(connection, { signal });
      });
      server.wasOpen = true;
    } catch (error) {
      pool.close();
      throw toSinkError(error, 'not-committed');
    }
    return {
      db: new Kysely<SyncTables>({ dialect: createKyselyDialect(pool) }),
      schema: createMssqlSchema(pool, server),
      losses: pool.losses,
      upsert: createUpsert(pool, toSinkError),
      checkHealth: ({ signal: until, copyTables = [] }) =>
        pool.use(until, (connection) => checkHealth(connection, address, copyTables, { signal: until })),
      close: async () => pool.close(),
    };
  };

  return {
    name: 'SQL Server',
    viewDialect: mssqlViewDialect,
    server: address.port === null ? undefined : { kind: 'an SQL Server', host: address.server, port: address.port },
    warnings: () => loginWarnings(address),
    exposure: exposureOf(isLocal(address.server), address.tls !== null, address.tls?.verify === true),
    limits: mssqlLimits,
    types: createMssqlTypes(server),
    toSinkError: (error) => toSinkError(error),
    busyCode: 'MSSQL_BUSY',
    schemaChangedCode: 'MSSQL_SCHEMA_CHANGED',
    writesWithoutKey: true,
    connect,
  };
}
