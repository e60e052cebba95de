import type { DatabaseConnection, Dialect, Driver } from 'kysely';

/**
 * The same dialect, silent after an abort. Kysely has thrown the reason of the abort by then, and writes to the terminal what the
 * call that it left behind ends with. That error is no news: the abort itself broke the connection.
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

/** Kysely waits for such a query to give the connection back, so it ends, with a result that has no reader. */
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

/** Nothing waits for this acquisition any more. */
function neverSettled(): Promise<never> {
  return new Promise(() => {});
}
