import type { CallOptions } from '@dbsync/core/contract';
import { sql } from 'kysely';
import type { TablePlan } from '../columns/table-plan.js';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { tableId } from '../engine/table-id.js';

/** A stored row: its cells in the order of the plan's columns, each as `EngineTypes.readCell` writes it. */
export type ReadRow = readonly unknown[];

/** Returns the existing rows with these keys, by their key. */
export async function readRows(
  context: SqlContext,
  { name, columns }: TablePlan,
  keys: readonly string[],
  { signal }: CallOptions,
): Promise<ReadonlyMap<string, ReadRow>> {
  const { engine, session } = context;
  const [key] = columns;
  const found = new Map<string, ReadRow>();
  if (key === undefined) return found;
  const cells = columns.map((column, index) => {
    const cell = engine.types.readCell(sql.id(column.name), column.type, column.storage);
    return sql`${cell} as ${sql.id(aliasOf(index))}`;
  });
  const wanted = new Set(keys);
  for (const chunk of chunksOf(keys, engine)) {
    const { rows } = await sql<Record<string, unknown>>`
      select ${sql.join(cells)} from ${tableId(context, name)}
      where ${sql.id(key.name)} in (${sql.join(chunk)})`.execute(session.db, { signal });
    for (const row of rows) {
      const read = columns.map((_, index) => row[aliasOf(index)] ?? null);
      const id = String(read[0]);
      // A collation that another program set may treat several keys as equal.
      if (wanted.has(id)) found.set(id, read);
    }
  }
  return found;
}

function aliasOf(index: number): string {
  return `cell_${index}`;
}
