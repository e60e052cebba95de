import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  MssqlAdapter,
  MssqlIntrospector,
  MssqlQueryCompiler,
  type QueryResult,
} from 'kysely';
import { endTransaction, type MssqlConnection } from './mssql-connection.js';
import type { MssqlPool } from './mssql-pool.js';
import { statementText } from './statement-text.js';

/**
 * With more parameters than this a query goes as text: its plan would not serve the next query, which has another
 * number of them, and literals are read faster (2,000 ids by Babelfish 4.3: in 60 ms instead of 140 to 240).
 */
const MANY = 100;

/**
 * A dialect of Kysely over dbsync's own connections. Kysely's own driver writes errors to the console, binds every text
 * with a length of its own, and hands a connection on with the remains of an aborted request.
 */
export function createKyselyDialect(pool: MssqlPool): Dialect {
  return {
    createAdapter: () => new MssqlAdapter(),
    createDriver: () => createDriver(pool),
    createIntrospector: (db) => new MssqlIntrospector(db),
    createQueryCompiler: () => new MssqlQueryCompiler(),
  };
}

/** Never settles. By then Kysely has thrown, and it would write a later failure to the console. */
function neverSettles(): Promise<never> {
  return new Promise(() => {});
}

interface Lent extends DatabaseConnection {
  readonly connection: MssqlConnection;
}

function createDriver(pool: MssqlPool): Driver {
  const run = (lent: DatabaseConnection, text: string) => connectionOf(lent).batch(text, { signal: undefined });
  return {
    init: async () => {},
    async acquireConnection(options) {
      try {
        return lend(await pool.acquire(options?.signal));
      } catch (error) {
        if (options?.signal?.aborted) return neverSettles();
        throw error;
      }
    },
    async beginTransaction(lent) {
      await run(lent, 'BEGIN TRANSACTION');
    },
    async commitTransaction(lent) {
      await run(lent, 'COMMIT TRANSACTION');
    },
    async rollbackTransaction(lent) {
      await endTransaction(connectionOf(lent));
    },
    releaseConnection: async (lent) => pool.release(connectionOf(lent)),
    destroy: async () => pool.close(),
  };
}

function connectionOf(lent: DatabaseConnection): MssqlConnection {
  return (lent as Lent).connection;
}

function lend(connection: MssqlConnection): Lent {
  return {
    connection,
    async executeQuery<R>(query: CompiledQuery, options?: { readonly signal?: AbortSignal }) {
      const { signal } = options ?? {};
      const [text, parameters] =
        query.parameters.length > MANY ? [statementText(query), []] : [query.sql, query.parameters];
      try {
        const { rows, rowCount } = await connection.query(text, parameters, { signal });
        return { rows: [...rows] as R[], numAffectedRows: BigInt(rowCount) };
      } catch (error) {
        // Here Kysely waits for the query to give the connection back, so the query ends.
        if (signal?.aborted) return { rows: [] };
        throw error;
      }
    },
    // biome-ignore lint/correctness/useYield: nothing is to be streamed.
    async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
      throw new TypeError('Queries of this sink are not streamed');
    },
  };
}
