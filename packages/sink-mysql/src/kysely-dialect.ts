import { createLentDialect, type LentDialectParts } from '@dbsync/sql';
import { type Dialect, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler } from 'kysely';
import type { ServerConnection } from './mysql-connection.js';
import { statementText } from './statement-text.js';

/** Creates the dialect of kysely over lent connections. It writes parameters as literals. */
export function createKyselyDialect(lend: LentDialectParts<ServerConnection>['lend']): Dialect {
  return createLentDialect<ServerConnection>({
    lend,
    createAdapter: () => new MysqlAdapter(),
    createIntrospector: (db) => new MysqlIntrospector(db),
    createQueryCompiler: () => new MysqlQueryCompiler(),
    async run(connection, query) {
      const result = await connection.execute(statementText(query));
      return Array.isArray(result) ? { rows: result } : { numAffectedRows: BigInt(result.affectedRows), rows: [] };
    },
    commit: (connection) => connection.execute('commit'),
  });
}
