import type { CallOptions, RowTable } from '@dbsync/core/contract';
import type { Obstacle } from '../engine/obstacle.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { SchemaStep } from './schema-steps.js';
import type { ViewNote } from './view-notes.js';

/** The objects of other programs that are in the way of a step. */
export type ObstaclesOf = (step: SchemaStep) => readonly Obstacle[];

/**
 * Finds the objects of other programs that are in the way of these steps. Views of dbsync are none: it makes them again
 * with the change.
 */
export async function findObstacles(
  context: SqlContext,
  steps: readonly SchemaStep[],
  views: readonly ViewNote[],
  options: CallOptions,
): Promise<ObstaclesOf> {
  const tables = new Set(steps.filter(({ step }) => step === 'widen').map(({ table }) => table));
  const found = new Map<RowTable, readonly Obstacle[]>();
  for (const table of tables) found.set(table, await foreignObstacles(context, table, views, options));
  return (step) =>
    step.step !== 'widen' ? [] : (found.get(step.table) ?? []).filter(({ column }) => column === step.column);
}

async function foreignObstacles(
  { names, session }: SqlContext,
  table: RowTable,
  views: readonly ViewNote[],
  options: CallOptions,
): Promise<readonly Obstacle[]> {
  const all = await session.schema.obstacles(names[table], options);
  const isOwn = ({ view }: Obstacle) => views.some(({ name }) => name === view);
  return all.filter((obstacle) => !isOwn(obstacle));
}
