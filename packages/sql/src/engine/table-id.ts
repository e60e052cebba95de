import { type RawBuilder, sql } from 'kysely';
import type { SqlContext } from './sql-context.js';
import type { UpsertTable } from './upsert-batch.js';

/** Names a table in a statement, with its schema where the engine's session searches none. */
export function tableId({ session }: Pick<SqlContext, 'session'>, table: string): RawBuilder<unknown> {
  const { schemaName } = session.schema;
  return schemaName === undefined ? sql.id(table) : sql.id(schemaName, table);
}

/** Names the column at this place of a table's plan; the first one is the key. */
export function columnId({ columns }: Pick<UpsertTable, 'columns'>, index: number): RawBuilder<unknown> {
  return sql.id(columns[index]?.name ?? '');
}

/** Returns the end of the WHERE clause of every statement that changes rows of the five tables. */
export function forTriggers({ session }: Pick<SqlContext, 'session'>): RawBuilder<unknown> {
  return session.schema.forTriggers ?? sql``;
}

/** Returns a statement that ends with {@link forTriggers}, and after it the one that ends the effect within its transaction. */
export function withTriggersEnd(
  { session }: Pick<SqlContext, 'session'>,
  statement: RawBuilder<unknown>,
): readonly RawBuilder<unknown>[] {
  const { endForTriggers } = session.schema;
  return endForTriggers === undefined ? [statement] : [statement, endForTriggers];
}
