import { createLentDialect, type LentDialectParts } from '@dbsync/sql';
import { type Dialect, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type pg from 'pg';

/** Creates the dialect of kysely over lent connections. */
export function createKyselyDialect(lend: LentDialectParts<pg.PoolClient>['lend']): Dialect {
  return createLentDialect<pg.PoolClient>({
    lend,
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    async run(client, { sql, parameters }) {
      const { command, rowCount, rows } = await client.query<pg.QueryResultRow>(sql, [...parameters]);
      const changes = CHANGES.has(command) ? { numAffectedRows: BigInt(rowCount ?? 0) } : {};
      return { ...changes, rows: rows ?? [] };
    },
    async commit(client) {
      const { command } = await client.query('commit');
      // The server ends a transaction that has failed before with a ROLLBACK.
      if (command === 'ROLLBACK') throw new Error('The transaction was rolled back');
    },
  });
}

const CHANGES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);
