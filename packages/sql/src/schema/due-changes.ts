import type { CallOptions, Finding } from '@dbsync/core/contract';
import type { Obstacle } from '../engine/obstacle.js';
import type { SqlContext } from '../engine/sql-context.js';
import { listed } from '../words/listed.js';
import { changeOf } from './schema-change.js';
import type { SchemaStep } from './schema-steps.js';
import { findObstacles } from './step-obstacles.js';
import type { ViewNote } from './view-notes.js';

/** The number of columns of one table that a finding names. */
const MAX_NAMED = 5;

/** Returns findings about changes that the next start makes, and about those that objects of other programs prevent. */
export async function dueChanges(
  context: SqlContext,
  steps: readonly SchemaStep[],
  views: readonly ViewNote[],
  options: CallOptions,
): Promise<readonly Finding[]> {
  const obstaclesOf = await findObstacles(context, steps, views, options);
  const isBlocked = (step: SchemaStep) => obstaclesOf(step).length > 0;
  return [
    ...groupsOf(
      context,
      steps.filter((step) => !isBlocked(step)),
    ),
    ...steps.filter(isBlocked).map((step) => blockedChange(context, step, obstaclesOf(step))),
  ];
}

function blockedChange(context: SqlContext, step: SchemaStep, obstacles: readonly Obstacle[]): Finding {
  const { table, column, to } = changeOf(context, step);
  const inTheWay = [...new Set(obstacles.map(({ what }) => what))].join(', ');
  return {
    level: 'warn',
    what: `${table}.${column} cannot become ${to}: in the way is ${inTheWay}. Values that do not fit go to $overflow`,
    // No statement that removes it: pasted by itself, it would lose the only definition.
    remedy: `Save the definition, remove it, start dbsync, and make it again: ${inTheWay}`,
  };
}

/** Returns one finding for all steps of a table that have the same kind and result. */
function groupsOf(context: SqlContext, steps: readonly SchemaStep[]): readonly Finding[] {
  const changes = steps.map((step) => ({ step: step.step, ...changeOf(context, step) }));
  const groups = Object.groupBy(changes, ({ step, table, to }) => JSON.stringify([step, table, to]));
  return Object.values(groups).flatMap((group = []): Finding[] => {
    const [first] = group;
    if (first === undefined) return [];
    const columns = group.map(({ column }) => column);
    const named = `${first.table}.${listed(columns, MAX_NAMED)}`;
    return [{ level: 'warn', what: textOf(first.step, named, first), remedy: REMEDY }];
  });
}

const REMEDY = 'The next start changes it by itself; the database user needs the right to';

function textOf(
  step: SchemaStep['step'],
  named: string,
  { table, to }: { readonly table: string; readonly to: string },
) {
  if (step === 'create-table') return `Table ${table} does not exist yet`;
  if (step === 'unlink') return `${named} refers to ${to}, which is no longer a part of the copy`;
  return step === 'widen' ? `${named}: to become ${to}` : `${named}: to get ${to}`;
}
