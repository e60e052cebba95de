import type { DatabaseConnection, Dialect, Driver } from 'kysely';

/**
 * Returns the same dialect, silent after an abort. By then Kysely has thrown the reason of the abort; it would also
 * print the error of the abandoned call on the terminal. That error says nothing new: the abort itself broke the
 * connection.
 */
export function quietAfterAbort(dialect: Dialect): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => quietDriver(dialect.createDriver()),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

function quietDriver(driver: Driver): Driver {
  const quiet = new WeakSet<DatabaseConnection>();
  const acquire = driver.acquireConnection.bind(driver);
  driver.acquireConnection = async (options) => {
    try {
      const connection = await acquire(options);
      if (!quiet.has(connection)) silence(connection);
      quiet.add(connection);
      return connection;
    } catch (error) {
      if (options?.signal?.aborted) return neverSettled();
      throw error;
    }
  };
  return driver;
}

/** Kysely waits until such a query gives the connection back, so the query ends, with a result that is not read. */
function silence(connection: DatabaseConnection): void {
  const execute = connection.executeQuery.bind(connection);
  connection.executeQuery = async (query, options) => {
    try {
      return await execute(query, options);
    } catch (error) {
      if (options?.signal?.aborted) return { rows: [] };
      throw error;
    }
  };
}

/** No caller waits for this acquisition any more. */
function neverSettled(): Promise<never> {
  return new Promise(() => {});
}
