import type { CallOptions } from '@dbsync/core/contract';
import type { EngineIndexing } from '@dbsync/sql';
import { sql } from 'kysely';
import type { ServerKind } from './babelfish.js';
import { changeTable } from './change-table.js';
import type { MssqlPool } from './mssql-pool.js';
import { partsOf } from './mssql-types.js';
import { statementText } from './statement-text.js';

/** A key of an index has 1,700 bytes, two for each character. Beside a text stand an id of 510 bytes and a time. */
const MOST_CHARACTERS = 450;

/** The editions that build indexes while others write: Enterprise (and Developer), Azure SQL Database, Managed Instance. */
const ONLINE_EDITIONS: ReadonlySet<number> = new Set([3, 5, 8]);

/** Builds indexes online where the edition can. */
export function createMssqlIndexing(pool: MssqlPool, server: ServerKind): EngineIndexing {
  let isOnline = false;
  return {
    partOf: ({ name, type }) => (fitsIndex(type) ? sql.id(name) : null),
    statement: ({ name, table, parts }) =>
      sql`create index ${name} on ${table} (${parts})${sql.raw(isOnline ? ' with (online = on)' : '')}`,
    holdsUpWrites: () => !isOnline,
    async alone(options, run) {
      isOnline = !server.isBabelfish && (await buildsOnline(pool, options));
      return run((_table, name, statementFor) =>
        pool.use(options.signal, (connection) => changeTable(connection, statementText(statementFor(name)), options)),
      );
    },
  };
}

/** True where the edition builds indexes while others write. */
async function buildsOnline(pool: MssqlPool, { signal }: CallOptions): Promise<boolean> {
  const [[found] = []] = await pool.use(signal, (connection) => connection.batch(EDITION, { signal }));
  return ONLINE_EDITIONS.has(Number(found?.edition));
}

const EDITION = "SELECT CAST(SERVERPROPERTY('EngineEdition') AS int) AS edition";

/** False for texts without a limit, which no index takes. */
function fitsIndex(type: string): boolean {
  const { base, size } = partsOf(type);
  if (/^(?:text|ntext|image|xml)$/.test(base)) return false;
  return !/char$|binary$/.test(base) || (size !== null && size <= MOST_CHARACTERS);
}
