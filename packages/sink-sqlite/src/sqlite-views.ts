import type { CallOptions } from '@dbsync/core/contract';
import type { SyncTables, ViewDialect, ViewKeeper } from '@dbsync/sql';
import { type Kysely, type RawBuilder, sql } from 'kysely';

/** Times are texts such as `2026-03-29 01:00:00.000`, which the date functions of SQLite read. */
export const sqliteViewDialect: ViewDialect = {
  time(column, _type, { holds }) {
    if (holds !== 'instant' && holds !== 'text') return sql`null`;
    // The date functions take a bare number for a day.
    return sql`case when ${column} like '____-__-__%' then ${spelled(column)} end`;
  },
  number(column, { holds }) {
    if (holds === 'number') return column;
    return sql`case when ${column} glob '*[0-9]*' and ${column} not glob '*[^0-9.-]*' then ${column} + 0 end`;
  },
  overflowText: (overflow, field) =>
    sql`case when json_valid(${overflow}) then json_extract(${overflow}, ${sql.lit(`$."${field}"`)}) end`,
  constant: (time) => sql`${sql.lit(time)}`,
  later: (time, seconds) => spelled(time, `${seconds} seconds`),
  dayOf: (time) => sql`date(${time})`,
  hourOfDay: (time) => sql`cast(strftime('%H', ${time}) as integer)`,
  hourOf: (time) => sql`strftime('%Y-%m-%d %H:00:00', ${time})`,
  secondsBetween: (from, to) => sql`round((julianday(${to}) - julianday(${from})) * 86400.0, 3)`,
  daysSince: (time) => sql`cast(julianday('now') - julianday(${time}) as integer)`,
};

function spelled(time: RawBuilder<unknown>, ...modifiers: readonly string[]): RawBuilder<unknown> {
  return sql`strftime(${sql.join([sql.lit('%Y-%m-%d %H:%M:%f'), time, ...modifiers.map((modifier) => sql.lit(modifier))])})`;
}

export function createSqliteViews(db: Kysely<SyncTables>): ViewKeeper {
  return {
    listTaken: (names, options) => listTaken(db, names, options),
    replace: (view, select, options) =>
      db.transaction().execute(async (transaction) => {
        await sql`drop view if exists ${sql.id(view)}`.execute(transaction, options);
        await sql`create view ${sql.id(view)} as ${sql.raw(select.sql)}`.execute(transaction, options);
      }),
    drop: async (view, options) => {
      await sql`drop view if exists ${sql.id(view)}`.execute(db, options);
    },
  };
}

/** Returns those of these names that a table, a view, an index or a trigger has. */
export async function listTaken(
  db: Kysely<SyncTables>,
  names: readonly string[],
  options: CallOptions,
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const query = sql<{ name: string }>`select name from sqlite_schema where name in (${sql.join(names)})`;
  return (await query.execute(db, options)).rows.map(({ name }) => name);
}
