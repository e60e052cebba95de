import { type CallOptions, SinkError } from '@dbsync/core/contract';
import type { EngineSession, ExpectedServer, SqlEngine, SyncTables } from '@dbsync/sql';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { PostgresAddress } from './postgres-address.js';
import { createErrorClassifier, type ErrorClassifier, placeOf } from './postgres-errors.js';
import { checkHealth, createUnicodeDatabase, isUnicode } from './postgres-health.js';
import { postgresLimits } from './postgres-limits.js';
import { createPostgresPool, type PostgresPool } from './postgres-pool.js';
import { createPostgresSchema } from './postgres-schema.js';
import { postgresTypes } from './postgres-types.js';
import { createUpsert } from './postgres-upsert.js';

/** Creating touches nothing; only `connect` opens files and connections. */
export function createPostgresEngine(address: PostgresAddress): SqlEngine {
  const toSinkError = createErrorClassifier(address);
  return {
    name: 'PostgreSQL',
    server: serverOf(address),
    limits: postgresLimits,
    types: postgresTypes,
    toSinkError: (error) => toSinkError(error),
    busyCode: 'POSTGRES_BUSY',
    writesWithoutKey: true,
    connect: (options) => connect(address, toSinkError, options),
  };
}

/** Undefined for a unix socket. */
function serverOf({ host, port }: PostgresAddress): ExpectedServer | undefined {
  return host === null || host.startsWith('/') ? undefined : { kind: 'a PostgreSQL server', host, port };
}

async function connect(address: PostgresAddress, toSinkError: ErrorClassifier, { signal }: CallOptions) {
  const pool = createPostgresPool(address);
  try {
    await pool.use(signal, (client) => refuseUnfit(client, address));
  } catch (error) {
    await pool.close();
    throw toSinkError(error, 'not-committed');
  }
  return session(pool, address, toSinkError);
}

function session(pool: PostgresPool, address: PostgresAddress, toSinkError: ErrorClassifier): EngineSession {
  const dialect = new PostgresDialect({ pool: pool.connections, controlClient: pg.Client });
  return {
    db: new Kysely<SyncTables>({ dialect }),
    schema: createPostgresSchema(pool),
    losses: pool.losses,
    upsert: createUpsert(pool, toSinkError),
    checkHealth: ({ signal }) => pool.use(signal, (client) => checkHealth(client, address)),
    close: () => pool.close(),
  };
}

async function refuseUnfit(client: pg.ClientBase, address: PostgresAddress): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
  const encoding = rows[0]?.server_encoding ?? '';
  if (isUnicode(encoding)) return;
  const message = `${placeOf(address)}: it stores ${encoding}. Create another: ${createUnicodeDatabase(address.database)}`;
  throw new SinkError('POSTGRES_ENCODING_UNFIT', message, { verdict: 'fatal', outcome: 'not-committed' });
}
