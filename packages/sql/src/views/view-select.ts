import { type RawBuilder, sql } from 'kysely';

/** A column of a view: its name and its expression. */
export type ViewColumn = readonly [name: string, expression: RawBuilder<unknown>];

export function select(columns: readonly ViewColumn[], from: RawBuilder<unknown>): RawBuilder<unknown> {
  const named = columns.map(([name, expression]) => sql`${expression} as ${sql.id(name)}`);
  return sql`select ${sql.join(named)} from ${from}`;
}

/** Returns the first value that is not null. */
export function firstOf(...expressions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql`coalesce(${sql.join(expressions)})`;
}
