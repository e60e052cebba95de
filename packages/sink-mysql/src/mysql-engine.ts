import type { CallOptions, SinkConnections, SinkShare, SinkTarget } from '@dbsync/core/contract';
import type { ErrorClassifier } from '@dbsync/sql';
import { type EngineSession, exposureOf, quietAfterAbort, type SqlEngine, type SyncTables } from '@dbsync/sql';
import { Kysely } from 'kysely';
import { createKyselyDialect } from './kysely-dialect.js';
import { loginRemedy } from './login-remedy.js';
import { isLocal, type MysqlAddress } from './mysql-address.js';
import { createErrorClassifier, placeOf } from './mysql-errors.js';
import { checkHealth } from './mysql-health.js';
import { mysqlLimits } from './mysql-limits.js';
import { createMysqlPool, MAX_ALONE, type MysqlPool, shareKeyOf } from './mysql-pool.js';
import { createMysqlSchema } from './mysql-schema.js';
import { mysqlTypes } from './mysql-types.js';
import { createUpsert } from './mysql-upsert.js';
import { mysqlViewDialect } from './mysql-views.js';
import type { ServerFacts, ServerKind } from './server-facts.js';

/** Creates the engine. Opens nothing; only `connect` opens files and connections. @param share absent: it is alone */
export function createMysqlEngine(
  address: MysqlAddress,
  notify: SinkTarget['notify'] = () => {},
  share: SinkShare | null = null,
): SqlEngine {
  let account: string | null = null;
  const toSinkError = createErrorClassifier(address, () => account);
  const onRemembered = tellOnce(address, notify);
  /** The parts for the server that has answered last. */
  let known: Pick<SqlEngine, 'limits' | 'types'> = partsFor('mariadb');
  return {
    name: 'MySQL',
    viewDialect: mysqlViewDialect,
    server:
      address.socket === null
        ? { kind: 'a MySQL or MariaDB server', host: address.host, port: address.port }
        : undefined,
    exposure: exposureOf(isLocal(address), address.tls !== null, address.tls?.verify !== 'nothing'),
    connections: connectionsOf(address, share),
    get limits() {
      return known.limits;
    },
    get types() {
      return known.types;
    },
    toSinkError: (error) => toSinkError(error),
    busyCode: 'MYSQL_BUSY',
    schemaChangedCode: 'MYSQL_SCHEMA_CHANGED',
    writesWithoutKey: true,
    loadsFirstCopy: true,
    async connect(options: CallOptions) {
      const { pool, server } = await connectByAnyLogin(address, { toSinkError, onRemembered, share }, options);
      account = server.account;
      known = partsFor(server.kind);
      return session(pool, address, server.kind, toSinkError);
    },
  };
}

function connectionsOf(address: MysqlAddress, share: SinkShare | null): SinkConnections {
  const server = serverText(address);
  if (share === null) return { server, most: MAX_ALONE };
  return { server, most: share.maxConnections, sharedAs: shareKeyOf(address) };
}

/** Returns the name of the server. Before the first connection it is not known whether it is MariaDB. */
function serverText({ host, port, socket }: MysqlAddress): string {
  return `MySQL ${socket ?? `${host}:${port}`}`;
}

/** Notifies once that the next restart of the server will end these logins. */
function tellOnce(address: MysqlAddress, notify: SinkTarget['notify']): () => void {
  let isReported = false;
  return () => {
    if (isReported) return;
    isReported = true;
    const message = `${placeOf(address)}: the login succeeds only while the server remembers it; after its next restart dbsync would have to send the password, and refuses to. ${loginRemedy(address)}`;
    notify({ level: 'warn', code: 'MYSQL_LOGIN_REMEMBERED', message });
  };
}

/** The parts of an engine that its connections need. */
interface ConnectingParts {
  readonly toSinkError: ErrorClassifier;
  readonly onRemembered: () => void;
  readonly share: SinkShare | null;
}

interface Connected {
  readonly pool: MysqlPool;
  readonly server: ServerFacts;
}

/**
 * Logs in with the decoded credentials and, where the server refuses these, with the credentials exactly as written:
 * the old client did not decode the address. An error is that of the first way, which is the standard of URLs.
 */
async function connectByAnyLogin(
  address: MysqlAddress,
  parts: ConnectingParts,
  options: CallOptions,
): Promise<Connected> {
  try {
    return await connect(address, parts, options);
  } catch (error) {
    const { written } = address;
    if (written === null || parts.toSinkError(error).code !== 'MYSQL_LOGIN_REFUSED') throw error;
    return await connect({ ...address, ...written, written: null }, parts, options).catch(() => {
      throw error;
    });
  }
}

async function connect(
  address: MysqlAddress,
  { toSinkError, onRemembered, share }: ConnectingParts,
  { signal }: CallOptions,
): Promise<Connected> {
  const pool = createMysqlPool(address, onRemembered, share);
  try {
    return { pool, server: await pool.use(signal, async (connection) => connection.server) };
  } catch (error) {
    await pool.close();
    throw toSinkError(error, 'not-committed');
  }
}

function partsFor(kind: ServerKind): Pick<SqlEngine, 'limits' | 'types'> {
  return { limits: mysqlLimits(kind), types: mysqlTypes(kind) };
}

function session(
  pool: MysqlPool,
  address: MysqlAddress,
  kind: ServerKind,
  toSinkError: ErrorClassifier,
): EngineSession {
  const kyselyOf = (kind: 'usual' | 'renewal') =>
    new Kysely<SyncTables>({ dialect: quietAfterAbort(createKyselyDialect((signal) => pool.lend(kind, signal))) });
  return {
    db: kyselyOf('usual'),
    renewalDb: kyselyOf('renewal'),
    schema: createMysqlSchema(pool, kind),
    losses: pool.losses,
    upsert: createUpsert(pool, toSinkError),
    checkHealth: ({ signal, ...health }) =>
      pool.use(signal, (connection) => checkHealth(connection, address, { ...health, lacking: pool.lacking() })),
    close: () => pool.close(),
  };
}
