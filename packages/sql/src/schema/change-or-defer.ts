import type { CallOptions, RowTable, SinkError } from '@dbsync/core/contract';
import { isUpstreamField } from '../columns/table-plan.js';
import type { SqlContext } from '../engine/sql-context.js';
import { isIndexed, isUnique } from '../engine/table-description.js';
import { markFilled, markUnfilled, moveVersion, recordColumn } from './column-map.js';
import { plainIndex } from './create-tables.js';
import type { DeferredChange } from './deferred-changes.js';
import { buildIndex, makeChange, type SingleStep } from './make-change.js';
import { isDispensableColumn } from './schema-plan.js';
import type { SchemaState } from './schema-state.js';
import type { ColumnStep, DueStep } from './schema-steps.js';
import { findObstacles } from './step-obstacles.js';

type WidenStep = ColumnStep<'widen'>;

/** One pass over the tables, which makes each change separately (R35). */
export interface ChangePass {
  readonly context: SqlContext;
  /** Steps that cannot be made now, and that rows do not need. */
  readonly deferred: DeferredChange[];
  /** Tables that could not be locked: they are left alone for the rest of the pass. */
  readonly locked: Map<RowTable, SinkError>;
  /** Rows of the column map that this pass has written. */
  readonly recorded: Set<string>;
}

export function createChangePass(context: SqlContext): ChangePass {
  return { context, deferred: [], locked: new Map(), recorded: new Set() };
}

/**
 * Makes the change, or defers it.
 * @returns whether it was made
 * @throws for a step that every row needs, and where the outcome is not known
 */
export async function changeOrDefer(
  pass: ChangePass,
  step: SingleStep,
  state: SchemaState,
  options: CallOptions,
): Promise<boolean> {
  const { context, locked } = pass;
  const { engine } = context;
  await record(pass, [step], state, options);
  const lock = locked.get(step.table);
  if (lock !== undefined && step.step !== 'unique' && canWait(context, step)) return defer(pass, [step], lock);
  try {
    await makeChange(context, step, state, options);
    return true;
  } catch (error) {
    if (await isThere(context, step, options)) return true;
    const cause = engine.toSinkError(error);
    if (isUnsure(cause) || !canWait(context, step)) throw error;
    if (step.step === 'unique') {
      if (cause.code === engine.busyCode || cause.code === 'SQL_KEY_DUPLICATED') throw error;
      await indexInstead(context, step.table, step.column, options);
    }
    return defer(pass, [step], cause);
  }
}

/**
 * Gives these columns of one table wider types, in one statement, or in smaller ones where that fails. A column that an
 * object of another program uses stays as it is.
 * @returns the steps that were made
 * @throws as {@link changeOrDefer} does
 */
export async function widenOrDefer(
  pass: ChangePass,
  table: RowTable,
  steps: readonly WidenStep[],
  state: SchemaState,
  options: CallOptions,
): Promise<readonly WidenStep[]> {
  const { context, deferred } = pass;
  const before = await findObstacles(context, steps, state.views, options);
  const blocked = steps.filter((step) => canWait(context, step) && before(step).length > 0);
  await record(pass, adoptions(blocked, state), state, options);
  for (const step of blocked) deferred.push({ step, cause: null, obstacles: before(step) });
  const free = steps.filter((step) => !blocked.includes(step));
  return free.length === 0 ? [] : widenTogether(pass, table, free, state, options);
}

async function widenTogether(
  pass: ChangePass,
  table: RowTable,
  steps: readonly WidenStep[],
  state: SchemaState,
  options: CallOptions,
): Promise<readonly WidenStep[]> {
  const { context, locked } = pass;
  const { engine, names, session } = context;
  const canAllWait = steps.every((step) => canWait(context, step));
  const lock = locked.get(table);
  if (lock !== undefined && canAllWait) {
    await record(pass, adoptions(steps, state), state, options);
    defer(pass, steps, lock);
    return [];
  }
  await record(pass, steps, state, options);
  try {
    const columns = steps.map(({ column, type }) => ({ name: column, type }));
    const ownViews = state.views.map(({ name }) => name);
    await session.schema.widen(names[table], columns, { ...options, ownViews });
  } catch (error) {
    const cause = engine.toSinkError(error);
    if (isUnsure(cause)) throw error;
    if (steps.length > 1 && cause.code !== engine.busyCode) {
      const half = Math.ceil(steps.length / 2);
      const first = await widenTogether(pass, table, steps.slice(0, half), state, options);
      return [...first, ...(await widenTogether(pass, table, steps.slice(half), state, options))];
    }
    if (!canAllWait) throw error;
    await leaveFilled(context, table, steps, state, options);
    defer(pass, steps, cause);
    return [];
  }
  await fillAgain(context, table, steps, options);
  return steps;
}

/**
 * Marks columns as unfilled that are wider now: a fill may have marked them as filled meanwhile, and have left values in
 * overflow that have room now. One that has yet to mark them meets the next version of the map.
 */
async function fillAgain(context: SqlContext, table: RowTable, steps: readonly WidenStep[], options: CallOptions) {
  const fields = steps.flatMap(({ map }) => map?.field ?? []);
  if (fields.length === 0) return;
  await moveVersion(context.db, options);
  await markUnfilled(context, table, fields, options);
}

function defer({ context, deferred, locked }: ChangePass, steps: readonly DueStep[], cause: SinkError): false {
  for (const step of steps) {
    deferred.push({ step, cause, obstacles: [] });
    if (cause.code === context.engine.busyCode) locked.set(step.table, cause);
  }
  return false;
}

/** Writes the rows of the column map that go before these steps, each once. */
async function record(
  { context, recorded }: ChangePass,
  steps: readonly DueStep[],
  state: SchemaState,
  options: CallOptions,
): Promise<void> {
  for (const step of steps) {
    const map = 'map' in step ? step.map : null;
    const key = JSON.stringify([step.table, map?.field]);
    if (map === null || recorded.has(key)) continue;
    await recordColumn(context, step.table, map, state, options);
    recorded.add(key);
  }
}

/** True where it is not known whether the server made the change. */
function isUnsure({ outcome, connectionLost }: SinkError): boolean {
  return outcome === 'unknown' || connectionLost;
}

/**
 * True for a step that may wait. Values of a field stay in overflow until its column is there or wide enough, whatever
 * the reason: a lock, a right that the user lacks, a table that is full of columns, a view. A missing index costs only
 * time, and without a unique key an engine may be able to write in another way.
 */
export function canWait({ engine }: SqlContext, step: DueStep): boolean {
  if (step.step === 'unique') return engine.writesWithoutKey;
  if (step.step === 'widen' && step.column === '$changed') return true;
  if (isDispensableColumn(step)) return true;
  return step.step === 'index' || ('map' in step && step.map !== null);
}

/** Returns the steps for columns of another program that fields take as they are, though they are too narrow. */
function adoptions(steps: readonly WidenStep[], { map }: SchemaState): readonly WidenStep[] {
  return steps.filter(
    (step) =>
      step.map !== null &&
      !isUpstreamField(step.table, step.map.field) &&
      !map.some(({ table, field }) => table === step.table && field === step.map?.field),
  );
}

/** Takes back the map's row for a change that was not made: no values are to be moved into these columns. */
async function leaveFilled(
  context: SqlContext,
  table: RowTable,
  steps: readonly WidenStep[],
  { map }: SchemaState,
  options: CallOptions,
): Promise<void> {
  const filled = new Set(map.filter((row) => row.table === table && row.filled).map(({ field }) => field));
  const fields = steps.flatMap((step) => step.map?.field ?? []).filter((field) => filled.has(field));
  await markFilled(context, table, fields, options);
}

/** True where another process has made the change already. */
async function isThere({ session, names }: SqlContext, step: SingleStep, options: CallOptions): Promise<boolean> {
  if (step.step === 'create-table' || step.step === 'adopt' || step.step === 'unlink') return false;
  const found = await session.schema.describe(names[step.table], options);
  if (found === null) return false;
  switch (step.step) {
    case 'add':
      return found.columns.some(({ name }) => name === step.column);
    case 'index':
      return isIndexed(found, step.column);
    case 'unique':
      return isUnique(found, step.column);
  }
}

/** Builds a plain index where a unique one is impossible: rows are found by the key all the same. */
async function indexInstead(context: SqlContext, table: RowTable, column: string, options: CallOptions) {
  const description = await context.session.schema.describe(context.names[table], options);
  if (description !== null && isIndexed(description, column)) return;
  await buildIndex(context, plainIndex(context, table, column), options);
}
