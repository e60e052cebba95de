import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type pg from 'pg';
import type { Loan } from './lent-connections.js';

/** Lends a connection. Rejects with the signal's reason. */
export type Lend = (signal: AbortSignal) => Promise<Loan>;

const NEVER = new AbortController().signal;

/**
 * The dialect of kysely, with one difference: an abort breaks the connection off and frees its place at once, also where the call still waits for one.
 * Kysely's own driver keeps both until the server has answered.
 */
export function createKyselyDialect(lend: Lend): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => createDriver(lend),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

function createDriver(lend: Lend): Driver {
  const loans = new WeakMap<DatabaseConnection, Loan>();
  const run = (connection: DatabaseConnection, text: string) => connection.executeQuery(CompiledQuery.raw(text));
  return {
    init: async () => {},
    async acquireConnection(options) {
      const loan = await lend(options?.signal ?? NEVER);
      const connection = connectionOf(loan);
      loans.set(connection, loan);
      return connection;
    },
    beginTransaction: async (connection) => void (await run(connection, 'begin')),
    async commitTransaction(connection) {
      const { client } = loans.get(connection) as Loan;
      const { command } = await client.query('commit');
      // The server ends a transaction that has failed before with a ROLLBACK.
      if (command === 'ROLLBACK') throw new Error('The transaction was rolled back');
    },
    async rollbackTransaction(connection) {
      try {
        await run(connection, 'rollback');
      } catch (error) {
        loans.get(connection)?.abandon();
        throw error;
      }
    },
    releaseConnection: async (connection) => loans.get(connection)?.giveBack(),
    destroy: async () => {},
  };
}

function connectionOf(loan: Loan): DatabaseConnection {
  const { client } = loan;
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery, options?: { readonly signal?: AbortSignal }) {
      options?.signal?.addEventListener('abort', loan.abandon, { once: true });
      try {
        const { command, rowCount, rows } = await client.query<R & pg.QueryResultRow>(sql, [...parameters]);
        const changes = CHANGES.has(command) ? { numAffectedRows: BigInt(rowCount ?? 0) } : {};
        return { ...changes, rows: rows ?? [] };
      } finally {
        options?.signal?.removeEventListener('abort', loan.abandon);
      }
    },
    streamQuery() {
      throw new TypeError('Nothing is streamed');
    },
  };
}

const CHANGES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);
