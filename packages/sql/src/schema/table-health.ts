import type { CallOptions, Finding } from '@dbsync/core/contract';
import type { SqlContext } from '../engine/sql-context.js';
import { changeOf } from './schema-change.js';
import { planTables, type SchemaStep } from './schema-plan.js';
import { readSchema } from './schema-state.js';

/** Returns findings about missing parts of the tables, beside the engine's own findings. */
export async function checkTables(context: SqlContext, options: CallOptions): Promise<readonly Finding[]> {
  const state = await readSchema(context, options);
  const steps = planTables(state, { engine: context.engine, settings: context.settings });
  if (steps.length === 0) {
    const unfilled = state.map.filter(({ filled }) => !filled).length;
    const what = `All tables such as ${context.names.contacts} exist, with all their columns and keys`;
    const waiting = `${unfilled} columns wait for values out of $overflow`;
    return unfilled === 0
      ? [{ level: 'pass', what, remedy: null }]
      : [{ level: 'warn', what: waiting, remedy: 'The next start moves them' }];
  }
  return steps.map((step) => findingOf(context, step));
}

function findingOf(context: SqlContext, step: SchemaStep): Finding {
  const { table, column, to } = changeOf(context, step);
  const remedy = 'The next start changes it by itself; the database user needs the right to';
  const what =
    step.step === 'create-table' ? `Table ${table} is not there yet` : `${table}.${column} is to become ${to}`;
  return { level: 'warn', what, remedy };
}
