import type { CallOptions, SinkConnections, SinkShare } from '@dbsync/core/contract';
import type { ErrorClassifier } from '@dbsync/sql';
import {
  type EngineSession,
  type ExpectedServer,
  exposureOf,
  quietAfterAbort,
  type SqlEngine,
  type SyncTables,
} from '@dbsync/sql';
import { Kysely } from 'kysely';
import { examineDatabase, refusedOption } from './examine-database.js';
import { createKyselyDialect } from './kysely-dialect.js';
import { isLocal, type PostgresAddress } from './postgres-address.js';
import { createErrorClassifier } from './postgres-errors.js';
import { checkHealth, type SessionFacts } from './postgres-health.js';
import { postgresLimits } from './postgres-limits.js';
import { createPostgresPool, MAX_ALONE, type PostgresPool, shareKeyOf } from './postgres-pool.js';
import type { Account } from './postgres-rights.js';
import { createPostgresSchema } from './postgres-schema.js';
import { postgresTypes } from './postgres-types.js';
import { createUpsert } from './postgres-upsert.js';
import { postgresViewDialect } from './postgres-views.js';

/** Creates the engine. Opens nothing; only `connect` opens files and connections. @param share absent: it is alone */
export function createPostgresEngine(address: PostgresAddress, share: SinkShare | null = null): SqlEngine {
  let account: Account | null = null;
  const toSinkError = createErrorClassifier(address, () => account);
  const connected = (found: Account) => {
    account = found;
  };
  return {
    name: 'PostgreSQL',
    viewDialect: postgresViewDialect,
    server: serverOf(address),
    exposure: exposureOf(isLocal(address.host), address.tls !== null, address.tls?.verify !== 'nothing'),
    limits: postgresLimits,
    connections: connectionsOf(address, share),
    types: postgresTypes,
    toSinkError: (error) => toSinkError(error),
    busyCode: 'POSTGRES_BUSY',
    schemaChangedCode: 'POSTGRES_SCHEMA_CHANGED',
    writesWithoutKey: true,
    loadsFirstCopy: true,
    connect: (options) => connect(createPostgresPool(address, share), address, toSinkError, connected, options),
  };
}

/** The numbers of a server whose host is not given are those of this machine. */
function connectionsOf(address: PostgresAddress, share: SinkShare | null): SinkConnections {
  const server = `PostgreSQL ${address.host ?? 'localhost'}:${address.port}`;
  if (share === null) return { server, most: MAX_ALONE };
  return { server, most: share.maxConnections, sharedAs: shareKeyOf(address) };
}

/** Returns the server of the address; undefined for a unix socket. */
function serverOf({ host, port }: PostgresAddress): ExpectedServer | undefined {
  return host === null || host.startsWith('/') ? undefined : { kind: 'a PostgreSQL server', host, port };
}

async function connect(
  pool: PostgresPool,
  address: PostgresAddress,
  toSinkError: ErrorClassifier,
  connected: (account: Account) => void,
  { signal }: CallOptions,
) {
  try {
    const isPoolerExcluded = await pool.start(signal);
    const account = await pool.use(signal, (client) => examineDatabase(client, address, pool.searchPath()));
    connected(account);
    const tableSchema = { schema: account.schema, path: pool.searchPath()?.path ?? '' };
    return session(pool, address, toSinkError, { tableSchema, isPoolerExcluded });
  } catch (error) {
    await pool.close();
    throw refusedOption(error, address) ?? toSinkError(error, 'not-committed');
  }
}

function session(
  pool: PostgresPool,
  address: PostgresAddress,
  toSinkError: ErrorClassifier,
  facts: SessionFacts,
): EngineSession {
  const { tableSchema } = facts;
  const kyselyOf = (kind: 'usual' | 'renewal') => {
    const dialect = quietAfterAbort(createKyselyDialect((signal) => pool.lend(kind, signal)));
    return new Kysely<SyncTables>({ dialect }).withSchema(tableSchema.schema);
  };
  return {
    db: kyselyOf('usual'),
    renewalDb: kyselyOf('renewal'),
    schema: createPostgresSchema(pool, address, tableSchema),
    losses: pool.losses,
    upsert: createUpsert(pool, tableSchema, toSinkError),
    checkHealth: ({ signal, copyTables = [], connections: needed }) =>
      pool.use(signal, (client) =>
        checkHealth(client, address, { ...facts, hasCopy: copyTables.length > 0, lacking: pool.lacking(), needed }),
      ),
    close: () => pool.close(),
  };
}
