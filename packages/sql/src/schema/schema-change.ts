import type { CallOptions, RowTable, SchemaChange } from '@dbsync/core/contract';
import type { SqlContext } from '../engine/sql-context.js';
import { shownType } from '../engine/table-description.js';
import { changeOrDefer, createChangePass, widenOrDefer } from './change-or-defer.js';
import { tellDeferred } from './deferred-changes.js';
import { continueFill, hasFillDue, rowsOfDuePass } from './overflow-fill.js';
import { readSchema, type SchemaState } from './schema-state.js';
import type { ColumnStep, DueStep, SchemaStep } from './schema-steps.js';

/** The tables after a change. */
export interface ChangedSchema {
  readonly changes: readonly SchemaChange[];
  readonly state: SchemaState;
}

export type SchemaPlan = (state: SchemaState) => readonly SchemaStep[];

/**
 * Brings the tables to what the plan wants, in the order that loses no value wherever it is cut off (R21): the map's
 * row, then the column, then the map's next version, which makes older writes fail, then the values out of overflow. A
 * change that cannot be made now blocks no other (R35): it is reported, and the next call tries again. The plan is made
 * again whenever other processes have changed the same tables meanwhile. Values of the first few thousand rows are moved
 * at once, so a small copy is whole when it returns; those of all others beside the running copy ({@link continueFill}).
 *
 * @param first the tables as they were read just now; null: it reads them
 */
export async function changeSchema(
  context: SqlContext,
  plan: SchemaPlan,
  first: SchemaState | null,
  options: CallOptions,
): Promise<ChangedSchema> {
  const done: SchemaStep[] = [];
  const pass = createChangePass(context);
  /**
   * The steps that are done or deferred. The index of a key is due only when its column exists, so the plan is made again until no step
   * is left.
   */
  const settled = new Set<string>();
  let state = first ?? (await readSchema(context, options));
  for (;;) {
    const steps = plan(state).filter((step) => !settled.has(JSON.stringify(step)));
    const due = steps.filter((step) => step.step !== 'overflow');
    try {
      for (const { widened, steps: together } of tasksOf(due)) {
        if (widened) done.push(...(await widenOrDefer(pass, widened, together, state, options)));
        else if (await changeOrDefer(pass, together[0], state, options)) done.push(together[0]);
        for (const step of together) settled.add(JSON.stringify(step));
      }
      if (due.length === 0) {
        done.push(...steps.filter(({ step }) => step === 'overflow'));
        break;
      }
      state = await readSchema(context, options);
    } catch (error) {
      const now = await readSchema(context, options);
      if (outlook(plan, now) === outlook(plan, state)) throw error;
      state = now;
    }
  }
  await tellDeferred(context, pass.deferred, options);
  return { changes: done.map((step) => changeOf(context, step)), state: await fillAtOnce(context, state, options) };
}

/**
 * The rows that are filled before it returns, while no row is written: they take about a second. Those of a pass that is
 * further are filled beside the copy.
 */
const ROWS_AT_ONCE = 5000;
/** The number of rows that a pass over an empty table counts as. */
const LEAST_ROWS = 50;

async function fillAtOnce(context: SqlContext, state: SchemaState, options: CallOptions): Promise<SchemaState> {
  if (!hasFillDue(state) || rowsOfDuePass(state) >= ROWS_AT_ONCE) return state;
  for (let rows = 0; rows < ROWS_AT_ONCE; ) {
    const progress = await continueFill(context, options, ROWS_AT_ONCE - rows);
    if (progress === null) break;
    rows += Math.max(progress.rows, LEAST_ROWS);
  }
  return readSchema(context, options);
}

/**
 * Returns a text of the plan and the map. It differs if another process was faster: a field that already has its row in
 * the map is not entered again.
 */
function outlook(plan: SchemaPlan, state: SchemaState): string {
  return JSON.stringify([plan(state), state.map]);
}

/** Describes a step for operators. */
export function changeOf({ names, settings }: Pick<SqlContext, 'names' | 'settings'>, step: SchemaStep): SchemaChange {
  const table = names[step.table];
  switch (step.step) {
    case 'create-table':
      return { table, column: '', change: 'create-table', to: `${settings.columnTypes} columns` };
    case 'unique':
      return { table, column: step.column, change: 'add', to: 'a unique index' };
    case 'index':
      return { table, column: step.column, change: 'add', to: 'an index' };
    case 'adopt':
      return { table, column: step.map.column, change: 'add', to: 'the column that is there' };
    case 'unlink':
      return { table, column: step.column, change: 'unlink', to: step.key.table };
    case 'overflow':
      return { table, column: step.field, change: 'overflow', to: step.why };
    default:
      return { table, column: step.column, change: step.step, to: shownType(step.type) };
  }
}

type WidenStep = ColumnStep<'widen'>;

/**
 * Work that is done at once: one step, or all columns of a table that grow wider, since an engine may copy the table
 * for it.
 */
type Task =
  | { readonly widened: RowTable; readonly steps: WidenStep[] }
  | { readonly widened: null; readonly steps: readonly [Exclude<DueStep, WidenStep>] };

function tasksOf(due: readonly DueStep[]): Task[] {
  const tasks: Task[] = [];
  for (const step of due) {
    if (step.step !== 'widen') {
      tasks.push({ widened: null, steps: [step] });
      continue;
    }
    const together = tasks.find((task) => task.widened === step.table);
    if (together?.widened) together.steps.push(step);
    else tasks.push({ widened: step.table, steps: [step] });
  }
  return tasks;
}
