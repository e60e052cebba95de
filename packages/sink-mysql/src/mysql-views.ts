import { aboutView, type ViewDialect, type ViewKeeper } from '@dbsync/sql';
import { sql } from 'kysely';
import type { ServerConnection } from './mysql-connection.js';
import type { MysqlPool } from './mysql-pool.js';
import { literal, name, statementText } from './statement-text.js';

/** A SELECT gives NULL and a warning for a text that is no time. */
export const mysqlViewDialect: ViewDialect = {
  time(column, _type, { holds }) {
    if (holds === 'instant') return column;
    return holds === 'text'
      ? sql`cast(replace(left(${column}, 23), 'Z', '') as datetime(3))`
      : sql`cast(null as datetime(3))`;
  },
  number(column, { holds }) {
    if (holds === 'number') return column;
    if (holds !== 'text') return sql`cast(null as decimal(38, 10))`;
    // Texts of JSON have another collation than the literal.
    const text = sql`convert(${column} using utf8mb4) collate utf8mb4_bin`;
    return sql`case when ${text} regexp '^-?[0-9]+([.][0-9]+)?$' then cast(${column} as decimal(38, 10)) end`;
  },
  overflowText(overflow, field) {
    // MariaDB reads no JSON in UTF-16, which the tables of the old client have.
    const text = sql`convert(${overflow} using utf8mb4)`;
    return sql`case when json_valid(${text}) then json_unquote(json_extract(${text}, ${sql.lit(`$."${field}"`)})) end`;
  },
  constant: (time) => sql`timestamp ${sql.lit(time)}`,
  later: (time, seconds) => sql`date_add(${time}, interval ${sql.lit(seconds)} second)`,
  dayOf: (time) => sql`cast(${time} as date)`,
  hourOfDay: (time) => sql`hour(${time})`,
  hourOf: (time) => sql`cast(date_format(${time}, '%Y-%m-%d %H:00:00') as datetime)`,
  secondsBetween: (from, to) => sql`round(timestampdiff(microsecond, ${from}, ${to}) / 1000000, 3)`,
  daysSince: (time) => sql`timestampdiff(day, ${time}, utc_timestamp())`,
};

export function createMysqlViews(pool: MysqlPool): ViewKeeper {
  const run = (text: string, signal: AbortSignal) =>
    pool.use(signal, async (connection) => {
      await connection.query(text).catch((error: unknown) => {
        throw aboutView(error);
      });
    });
  return {
    listTaken: (names, { signal }) =>
      pool.use(signal, async (connection) => {
        const found = await connection.query<{ name: string }>(`SELECT table_name AS name FROM information_schema.tables
          WHERE table_schema = DATABASE() AND table_name IN (${names.map(literal).join(', ') || 'NULL'})`);
        return found.map((row) => row.name);
      }),
    listBroken: (views, { signal }) =>
      pool.use(signal, async (connection) => {
        const places = await connection.query<{ name: string }>(placesOf(views));
        const broken = places.map((row) => row.name);
        for (const view of views.filter((each) => !broken.includes(each))) {
          if (!(await canBeRead(connection, view))) broken.push(view);
        }
        return broken;
      }),
    replace: (view, select, { signal }) =>
      run(`CREATE OR REPLACE VIEW ${name(view)} AS ${statementText(select)}`, signal),
    drop: (view, { signal }) => run(`DROP VIEW IF EXISTS ${name(view)}`, signal),
  };
}

/**
 * Errors of a view that refers to what is not there or that its definer may not read, of a definer that is gone, and of a table that a
 * restore has put in the place of a view. Where the definer is gone, an ordinary account hears that the login is refused (1045, 1698).
 */
const UNREADABLE: ReadonlySet<unknown> = new Set([1356, 1449, 1146, 1045, 1698]);

/** Any other answer of the server says nothing of the view, such as that this account may not read it. */
async function canBeRead(connection: ServerConnection, view: string): Promise<boolean> {
  try {
    await connection.query(`SELECT * FROM ${name(view)} LIMIT 0`);
    return true;
  } catch (error) {
    const { errno, sqlState } = error as { readonly errno?: unknown; readonly sqlState?: unknown };
    if (typeof sqlState === 'string') return !UNREADABLE.has(errno);
    throw error;
  }
}

/**
 * Returns the query for views that only keep a place. A dump makes these first, with NULL or the number 1 in each column, and the
 * views themselves at its end: a restore by an account that may not make a view of another definer ends before that.
 */
function placesOf(views: readonly string[]): string {
  return `SELECT table_name AS name FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name IN (${views.map(literal).join(', ')})
    GROUP BY table_name HAVING sum(data_type NOT IN ('int', 'bigint') AND column_type <> 'binary(0)') = 0`;
}
