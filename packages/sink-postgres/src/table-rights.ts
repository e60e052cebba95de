import type { LackingRights } from '@dbsync/sql';
import { qualified } from './session-path.js';
import { name } from './statement-text.js';

/** The rights of the account on one table. */
export interface TableRights {
  readonly table: string;
  readonly user: string;
  readonly owns: boolean;
  /** True for a view, of which only the owner counts. */
  readonly is_view: boolean;
  /** True where the account may make tables in the schema. */
  readonly may_create: boolean;
  /** The rights on rows that the account lacks, such as `INSERT`. */
  readonly lacks: readonly string[];
}

/** Reads the rights on the tables and views `$1` of the schema `$2`. The owner of a table may grant himself each right. */
export const TABLE_RIGHTS = `SELECT relname::text AS table, current_user::text AS user,
  pg_catalog.pg_has_role(relowner, 'USAGE') AS owns, relkind = 'v' AS is_view,
  pg_catalog.has_schema_privilege(relnamespace, 'CREATE') AS may_create,
  ARRAY(SELECT wanted FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS wanted
    WHERE NOT pg_catalog.has_table_privilege(pg_class.oid, wanted)) AS lacks
FROM pg_catalog.pg_class
WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2) AND relname = ANY ($1::text[])
  AND relkind IN ('r', 'p', 'v') ORDER BY relname`;

/** Returns the lacking rights of a table, those on rows before that of changing it. */
export function lackingRightsOf(schema: string, { table, user, owns, lacks }: TableRights): readonly LackingRights[] {
  const found: LackingRights[] = [];
  if (lacks.length > 0) {
    const rights = lacks.join(', ');
    const grant = `GRANT ${rights} ON ${qualified(schema, table)} TO ${name(user)}`;
    found.push({ table, rights, grant, stopsWrites: true });
  }
  if (!owns) {
    const grant = `ALTER TABLE ${qualified(schema, table)} OWNER TO ${name(user)}`;
    found.push({ table, rights: 'ownership', grant, stopsWrites: false });
  }
  return found;
}
