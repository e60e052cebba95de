import {
  type DatabaseConnection,
  type Dialect,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import { expect, it, vi } from 'vitest';
import { quietAfterAbort } from './quiet-dialect.js';

/** A dialect whose queries fail once `broken` settles. With `failsToConnect` it cannot connect. */
function failingDialect(broken: Promise<void>, failsToConnect: boolean): Dialect {
  const fail = async (): Promise<never> => {
    await broken;
    throw new Error('The connection ended');
  };
  const connection: DatabaseConnection = {
    executeQuery: fail,
    streamQuery: () => {
      throw new TypeError('Nothing is streamed');
    },
  };
  const nothing = async () => {};
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => ({
      init: nothing,
      acquireConnection: async () => (failsToConnect ? fail() : connection),
      beginTransaction: nothing,
      commitTransaction: nothing,
      rollbackTransaction: nothing,
      releaseConnection: nothing,
      destroy: nothing,
    }),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

it.each([
  ['a query', false],
  ['a connection', true],
])('%s that fails after its abort is not written to the terminal', async (_what, failsToConnect) => {
  const written = vi.spyOn(console, 'error').mockImplementation(() => {});
  const broken = Promise.withResolvers<void>();
  const db = new Kysely({ dialect: quietAfterAbort(failingDialect(broken.promise, failsToConnect)) });
  const abort = new AbortController();
  const query = sql`select 1`.execute(db, { signal: abort.signal });
  await new Promise(setImmediate);
  abort.abort(new Error('given up by the caller'));
  await expect(query).rejects.toThrow('given up by the caller');
  broken.resolve();
  await new Promise(setImmediate);
  expect(written).not.toHaveBeenCalled();
  written.mockRestore();
});

it('a query that fails without an abort fails as before', async () => {
  const db = new Kysely({ dialect: quietAfterAbort(failingDialect(Promise.resolve(), false)) });
  const { signal } = new AbortController();
  await expect(sql`select 1`.execute(db, { signal })).rejects.toThrow('The connection ended');
});
