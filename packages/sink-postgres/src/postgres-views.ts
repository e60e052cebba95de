import type { ViewDialect, ViewKeeper } from '@dbsync/sql';
import { sql } from 'kysely';
import pg from 'pg';
import type { PostgresPool } from './postgres-pool.js';
import { qualified, type TableSchema } from './session-path.js';
import { statementText } from './statement-text.js';

/** Matches a time as the API writes it, its day and month within their bounds. */
const TIME = String.raw`^(?!0000)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?Z?$`;
const NUMBER = String.raw`^-?\d{1,40}(\.\d{1,40})?$`;

/** A cast of a text that is no time would end the whole query, so times are put together from their parts. */
export const postgresViewDialect: ViewDialect = {
  time(column, type, { holds }) {
    if (holds === 'instant') return type.includes('with time zone') ? sql`(${column} at time zone 'UTC')` : column;
    if (holds !== 'text') return sql`null::timestamp`;
    return sql`case when ${column} ~ ${sql.lit(TIME)} then (left(${column}, 7) || '-01')::timestamp
      + make_interval(days => substr(${column}, 9, 2)::integer - 1)
      + rtrim(substr(${column}, 12, 12), 'Z')::interval end`;
  },
  number(column, { holds }) {
    if (holds === 'number') return column;
    return holds === 'text'
      ? sql`case when ${column} ~ ${sql.lit(NUMBER)} then ${column}::numeric end`
      : sql`null::numeric`;
  },
  overflowText: (overflow, field) =>
    sql`case when left(${overflow}, 1) = '{' then (${overflow})::json ->> ${sql.lit(field)} end`,
  constant: (time) => sql`timestamp ${sql.lit(time)}`,
  later: (time, seconds) => sql`(${time} + interval ${sql.lit(`${seconds} seconds`)})`,
  dayOf: (time) => sql`(${time})::date`,
  hourOfDay: (time) => sql`extract(hour from ${time})::integer`,
  hourOf: (time) => sql`date_trunc('hour', ${time})`,
  secondsBetween: (from, to) => sql`round(extract(epoch from (${to}) - (${from}))::numeric, 3)`,
  daysSince: (time) => sql`floor(extract(epoch from (now() at time zone 'UTC') - (${time})) / 86400)::integer`,
  // A query in a column, used as a condition, makes the read of its table so dear that the planner takes a join which reads another table
  // whole for each row for equally dear: a report ran for minutes. The planner drops the lateral join where no column of it is used.
  joinRow: (query, alias) => sql`left join lateral (${query}) ${sql.id(alias)} on true`,
};

/** @param alter runs statements as one change of the schema */
export function createPostgresViews(
  pool: PostgresPool,
  { schema }: TableSchema,
  alter: (text: string, signal: AbortSignal) => Promise<void>,
): ViewKeeper {
  return {
    async listTaken(names, { signal }) {
      const { rows } = await pool.use(signal, (client) => client.query<{ name: string }>(TAKEN, [names, schema]));
      return rows.map(({ name }) => name);
    },
    async replace(view, select, { signal }) {
      const called = qualified(schema, view);
      const definition = `${called} AS ${statementText(select)}`;
      try {
        await alter(`CREATE OR REPLACE VIEW ${definition}`, signal);
      } catch (error) {
        if (!(error instanceof pg.DatabaseError) || error.code !== INVALID_TABLE_DEFINITION) throw error;
        const again = await pool.use(signal, async (client) => {
          const { drop, grants, comments } = await keptViews(client, [view], schema);
          const columns = await columnsOf(client, statementText(select));
          const kept = comments.filter(({ column }) => column === null || columns.has(column));
          return `${drop} CREATE VIEW ${definition}; ${grants}${textOf(kept)}`;
        });
        await alter(again, signal);
      }
    },
    drop: (view, { signal }) => alter(`DROP VIEW IF EXISTS ${qualified(schema, view)}`, signal),
  };
}

/** Returns the columns of a query, which reads no row for that. */
async function columnsOf(client: pg.ClientBase, query: string): Promise<ReadonlySet<string>> {
  const { fields } = await client.query(`SELECT * FROM (${query}) AS own LIMIT 0`);
  return new Set(fields.map(({ name }) => name));
}

/** A view that loses a column, or has one of another type, cannot be replaced. */
const INVALID_TABLE_DEFINITION = '42P16';

/** Lists those of the names $1 that a table, a view, an index or another relation of the schema $2 has. */
export const TAKEN = `SELECT relname AS name FROM pg_catalog.pg_class
WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2) AND relname = ANY ($1)`;

/** The statements that take views away for a change, and bring them back as they were. */
interface KeptViews {
  readonly drop: string;
  readonly makeAgain: string;
  /** The statements that grant the rights of others again. */
  readonly grants: string;
  /** The statements that write the comments of the views and of their columns again. */
  readonly comments: readonly KeptComment[];
}

interface KeptComment {
  /** Null: it is the comment of the view itself. */
  readonly column: string | null;
  readonly statement: string;
}

function textOf(comments: readonly KeptComment[]): string {
  return comments.map(({ statement }) => statement).join(' ');
}

/** Returns the statements for those of these views that there are. */
export async function keptViews(client: pg.ClientBase, names: readonly string[], schema: string): Promise<KeptViews> {
  const { rows } = await client.query<KeptView>(KEPT, [names, schema]);
  const comments = rows.flatMap((view) => view.comments);
  const grants = rows.map((view) => view.grants).join('');
  const called = (view: { readonly name: string }) => qualified(schema, view.name);
  const definitions = rows.map((view) => `CREATE VIEW ${called(view)} AS ${view.definition}`);
  return {
    drop: rows.map((view) => `DROP VIEW ${called(view)};`).join(' '),
    makeAgain: `${definitions.join(' ')} ${grants}${textOf(comments)}`,
    grants,
    comments,
  };
}

interface KeptView {
  readonly name: string;
  readonly definition: string;
  readonly grants: string;
  readonly comments: readonly KeptComment[];
}

/** The definition ends with a semicolon, and so do each grant and each comment. */
const KEPT = `SELECT relname AS name, pg_get_viewdef(view.oid) AS definition, coalesce((
  SELECT string_agg(format('GRANT %s ON %s TO %s%s; ', privilege_type, view.oid::regclass,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(rolname) END, CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END), '')
  FROM aclexplode(relacl) LEFT JOIN pg_catalog.pg_roles ON pg_roles.oid = grantee WHERE grantee <> relowner
), '') AS grants, coalesce((
  SELECT json_agg(json_build_object('column', attname, 'statement', CASE objsubid
    WHEN 0 THEN format('COMMENT ON VIEW %s IS %L;', view.oid::regclass, description)
    ELSE format('COMMENT ON COLUMN %s.%I IS %L;', view.oid::regclass, attname, description) END))
  FROM pg_catalog.pg_description LEFT JOIN pg_catalog.pg_attribute ON attrelid = objoid AND attnum = objsubid
  WHERE objoid = view.oid AND classoid = 'pg_catalog.pg_class'::regclass
), '[]') AS comments
FROM pg_catalog.pg_class AS view
WHERE relkind = 'v' AND relname = ANY ($1) AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2)`;
