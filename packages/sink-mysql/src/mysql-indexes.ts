import type { EngineIndexing } from '@dbsync/sql';
import { sql } from 'kysely';
import { changeTable } from './change-table.js';
import { columnType } from './column-storage.js';
import type { MysqlPool } from './mysql-pool.js';
import { statementText } from './statement-text.js';

/**
 * The characters of a text that an index has: those of any telephone number, account or time; of a short text all but one.
 * The server makes no column wider that is whole in an index.
 */
const INDEXED_CHARACTERS = 32;

/**
 * Builds indexes in place, while others read and write. At its begin and its end the server waits until no transaction uses
 * the table, 2 s at most, and others wait with it.
 */
export function createMysqlIndexing(pool: MysqlPool): EngineIndexing {
  return {
    partOf: ({ name, type }, kind) => {
      const found = columnType(type);
      if (found === null || found.base === 'json') return null;
      const isText = /text$/.test(found.base);
      // Foreign keys and joins by ids need the whole id.
      if (kind === 'key') return isText ? null : sql.id(name);
      const [size = 0] = found.sizes;
      if (!isText && (!/char$/.test(found.base) || size < 2)) return sql.id(name);
      return sql`${sql.id(name)}(${sql.lit(isText ? INDEXED_CHARACTERS : Math.min(INDEXED_CHARACTERS, size - 1))})`;
    },
    statement: ({ name, table, parts }) =>
      sql`alter table ${table} add index ${name} (${parts}), algorithm = inplace, lock = none`,
    holdsUpWrites: () => false,
    alone: ({ signal }, run) =>
      pool.useAlone(signal, async (connection) => {
        const [lock] = await connection.query<{ got: unknown }>(ONLY_BUILDER);
        if (Number(lock?.got) !== 1) return null;
        return run((_table, name, statementFor) => changeTable(connection, statementText(statementFor(name))));
      }),
  };
}

/** Keeps other processes from building in the database until the session ends. */
const ONLY_BUILDER = "SELECT get_lock(concat('dbsync indexes ', left(sha2(database(), 256), 20)), 0) AS got";
