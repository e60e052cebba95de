import { CompiledQuery, type DatabaseConnection, type Dialect, type Driver, type QueryResult } from 'kysely';
import type { Loan } from './lent-connections.js';

/** The parts of a dialect that differ between engines. */
export interface LentDialectParts<Client> extends Omit<Dialect, 'createDriver'> {
  /** Lends a connection. Rejects with the signal's reason. */
  lend(signal: AbortSignal): Promise<Loan<Client>>;
  run(client: Client, query: CompiledQuery): Promise<QueryResult<unknown>>;
  /** Commits the transaction of the connection. Rejects where it was rolled back. */
  commit(client: Client): Promise<unknown>;
}

const NEVER = new AbortController().signal;

/**
 * Creates a dialect of kysely over lent connections, with one difference to kysely's own: an abort breaks the connection off and frees its place at once,
 * also where the call still waits for one. Kysely's own driver keeps both until the server has answered.
 */
export function createLentDialect<Client>({ lend, run, commit, ...parts }: LentDialectParts<Client>): Dialect {
  return { ...parts, createDriver: () => createDriver({ lend, run, commit }) };
}

type DriverParts<Client> = Pick<LentDialectParts<Client>, 'lend' | 'run' | 'commit'>;

function createDriver<Client>({ lend, run, commit }: DriverParts<Client>): Driver {
  const loans = new WeakMap<DatabaseConnection, Loan<Client>>();
  const loanOf = (connection: DatabaseConnection) => loans.get(connection) as Loan<Client>;
  const send = (connection: DatabaseConnection, text: string) => connection.executeQuery(CompiledQuery.raw(text));
  return {
    init: async () => {},
    async acquireConnection(options) {
      const loan = await lend(options?.signal ?? NEVER);
      const connection = connectionOf(loan, run);
      loans.set(connection, loan);
      return connection;
    },
    beginTransaction: async (connection) => void (await send(connection, 'begin')),
    commitTransaction: async (connection) => void (await commit(loanOf(connection).client)),
    async rollbackTransaction(connection) {
      try {
        await send(connection, 'rollback');
      } catch (error) {
        loanOf(connection).abandon();
        throw error;
      }
    },
    releaseConnection: async (connection) => loanOf(connection).giveBack(),
    destroy: async () => {},
  };
}

function connectionOf<Client>(loan: Loan<Client>, run: DriverParts<Client>['run']): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery, options?: { readonly signal?: AbortSignal }) {
      options?.signal?.addEventListener('abort', loan.abandon, { once: true });
      try {
        return (await run(loan.client, query)) as QueryResult<R>;
      } finally {
        options?.signal?.removeEventListener('abort', loan.abandon);
      }
    },
    streamQuery() {
      throw new TypeError('Nothing is streamed');
    },
  };
}
