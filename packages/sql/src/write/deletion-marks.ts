import type { Claim, DeletionMark } from '@dbsync/core/contract';
import { type CompiledQuery, type RawBuilder, sql } from 'kysely';
import { readInstant } from '../columns/read-instant.js';
import type { TablePlan } from '../columns/table-plan.js';
import type { SqlContext } from '../engine/sql-context.js';
import { forTriggers, tableId, withTriggersEnd } from '../engine/table-id.js';
import { heldChunks, heldColumns, isUnchanged } from './held-contacts.js';

/** Returns the expression that reads the mark of a contact; null in tables without marks. */
export function markCell({ engine }: SqlContext, { columns, deleted }: TablePlan): RawBuilder<unknown> | null {
  const column = deleted === null ? undefined : columns[deleted.index];
  return column === undefined ? null : engine.types.readCell(sql.id(column.name), column.type, column.storage);
}

/**
 * Reads a mark from a cell of {@link markCell}. A text that is no time, written by another program, is returned
 * unchanged: it is a mark too.
 */
export function markTime(cell: unknown): string | null {
  return cell === null || cell === undefined ? null : (readInstant(cell) ?? String(cell));
}

/**
 * Returns the statements that set or remove marks, and set the time of the change. A contact that changed meanwhile is
 * left unchanged.
 */
export function setMarks(
  context: SqlContext,
  plan: TablePlan,
  { stream }: Claim,
  marks: readonly DeletionMark[],
): CompiledQuery[] {
  const { engine, session } = context;
  const { deleted, changed } = plan;
  const columns = heldColumns(plan);
  const column = deleted === null ? undefined : plan.columns[deleted.index];
  if (deleted === null || column === undefined || columns === null) return [];
  return Object.values(Object.groupBy(marks, ({ deletedAt }) => deletedAt ?? '')).flatMap((alike = []) => {
    const { deletedAt = null } = alike[0] ?? {};
    const cell = deletedAt === null ? null : (deleted.codec.exact(deletedAt) ?? deleted.codec.nearest(deletedAt));
    return heldChunks(alike, context).flatMap((chunk) =>
      withTriggersEnd(
        context,
        sql`update ${tableId(context, plan.name)}
          set ${sql.id(column.name)} = ${engine.types.parameter(cell, column.storage)},
            ${sql.id(changed.name)} = ${engine.types.now(changed.storage)}
          where ${isUnchanged(columns, stream, chunk)} ${forTriggers(context)}`,
      ).map((statement) => statement.compile(session.db)),
    );
  });
}
