import { type RawBuilder, sql } from 'kysely';
import type { SqlEngine } from './sql-engine.js';

/** Returns the size of a text column in bytes, as the engine counts them. */
export function byteLength({ types }: SqlEngine, column: string): RawBuilder<number | string | bigint | null> {
  return sql`${types.byteLength?.(sql.id(column)) ?? sql`octet_length(${sql.id(column)})`}`;
}
