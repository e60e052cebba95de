import type { EngineComments, FoundComment } from '@dbsync/sql';
import type { PostgresPool } from './postgres-pool.js';
import { qualified, type TableSchema } from './session-path.js';
import { literal, name } from './statement-text.js';

/** @param alter runs statements as one change of the schema */
export function createPostgresComments(
  pool: PostgresPool,
  { schema }: TableSchema,
  alter: (text: string, signal: AbortSignal) => Promise<void>,
): EngineComments {
  return {
    keeper: {
      maxBytesPerTable: Number.POSITIVE_INFINITY,
      async read(names, { signal }) {
        const { rows } = await pool.use(signal, (client) => client.query<FoundComment>(COMMENTS, [names, schema]));
        return rows;
      },
      async write(owner, comments, { signal }) {
        const table = qualified(schema, owner.name);
        const statements = comments.map(({ column, comment }) => {
          if (column !== '') return `COMMENT ON COLUMN ${table}.${name(column)} IS ${literal(comment)}`;
          return `COMMENT ON ${owner.isView ? 'VIEW' : 'TABLE'} ${table} IS ${literal(comment)}`;
        });
        await alter(statements.join('; '), signal);
      },
    },
  };
}

/** Only the owner of a table may comment on it. */
const COMMENTS = `SELECT relname AS name, relkind = 'v' AS "isView", part.column, description AS comment
FROM pg_catalog.pg_class AS found
CROSS JOIN LATERAL (
  SELECT 0 AS number, '' AS column UNION ALL
  SELECT attnum, attname FROM pg_catalog.pg_attribute WHERE attrelid = found.oid AND attnum > 0 AND NOT attisdropped
) AS part
LEFT JOIN pg_catalog.pg_description ON objoid = found.oid AND classoid = 'pg_catalog.pg_class'::regclass AND objsubid = part.number
WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2) AND relname = ANY ($1)
  AND relkind IN ('r', 'p', 'v') AND pg_has_role(relowner, 'USAGE')
ORDER BY relname, part.number`;
