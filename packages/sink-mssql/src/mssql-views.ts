import { aboutView, type ViewDialect, type ViewKeeper } from '@dbsync/sql';
import { sql } from 'kysely';
import type { MssqlPool } from './mssql-pool.js';
import { literal, name, statementText } from './statement-text.js';

export const mssqlViewDialect: ViewDialect = {
  time(column, _type, { holds }) {
    if (holds === 'instant') return column;
    return holds === 'text'
      ? sql`try_convert(datetime2(3), replace(left(${column}, 23), 'Z', ''), 126)`
      : sql`cast(null as datetime2(3))`;
  },
  number(column, { holds }) {
    if (holds === 'number') return column;
    return holds === 'text' ? sql`try_cast(${column} as decimal(38, 10))` : sql`cast(null as decimal(38, 10))`;
  },
  overflowText: (overflow, field) =>
    sql`case when isjson(${overflow}) = 1 then json_value(${overflow}, ${sql.lit(`$."${field}"`)}) end`,
  constant: (time) => sql`cast(${sql.lit(time)} as datetime2(3))`,
  later: (time, seconds) => sql`dateadd(second, ${sql.lit(seconds)}, ${time})`,
  dayOf: (time) => sql`cast(${time} as date)`,
  hourOfDay: (time) => sql`datepart(hour, ${time})`,
  hourOf: (time) => sql`dateadd(hour, datepart(hour, ${time}), cast(cast(${time} as date) as datetime2(0)))`,
  secondsBetween: (from, to) => sql`cast(datediff_big(millisecond, ${from}, ${to}) / 1000.0 as decimal(18, 3))`,
  daysSince: (time) => sql`datediff_big(second, ${time}, sysutcdatetime()) / 86400`,
};

export function createMssqlViews(pool: MssqlPool): ViewKeeper {
  const run = async (text: string, signal: AbortSignal) => {
    await pool.use(signal, (connection) =>
      connection.batch(text, { signal }).catch((error: unknown) => {
        throw aboutView(error);
      }),
    );
  };
  return {
    async listTaken(names, { signal }) {
      const listed = names.map(literal).join(', ') || 'NULL';
      const text = `SELECT name FROM sys.objects WHERE schema_id = SCHEMA_ID() AND name IN (${listed})`;
      const [rows = []] = await pool.use(signal, (connection) => connection.batch(text, { signal }));
      return rows.map((row) => String(row.name));
    },
    replace: (view, select, { signal }) =>
      run(`CREATE OR ALTER VIEW ${name(view)} AS ${statementText(select)}`, signal),
    drop: (view, { signal }) => run(`DROP VIEW IF EXISTS ${name(view)}`, signal),
  };
}
