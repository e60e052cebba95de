import { type CallOptions, type RowTable, type SchemaChange, SinkError } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { fieldKey } from './column-names.js';
import { createIndex, createRowTable } from './create-tables.js';
import { spellingFor } from './declared-type.js';
import { fillColumns } from './overflow-fill.js';
import type { ColumnStep, MapRow, SchemaStep } from './schema-plan.js';
import { readSchema, type SchemaState } from './schema-state.js';
import type { SqlContext } from './sql-context.js';
import { PARENT_COLUMNS, UPSTREAM_COLUMNS } from './upstream-columns.js';

export type SchemaPlan = (state: SchemaState) => readonly SchemaStep[];

/**
 * Brings the tables to what the plan wants, in the order that loses no value wherever it is cut off (R21): the map's row,
 * then the column, then the map's next version, which no write made before passes, then the values out of overflow. The
 * plan is made anew as often as others have changed the same tables meanwhile.
 */
export async function changeSchema(
  context: SqlContext,
  plan: SchemaPlan,
  options: CallOptions,
): Promise<readonly SchemaChange[]> {
  const done: SchemaStep[] = [];
  /** Done, or put off: a key's index is due only once its column is there, so the plan is made again until it wants no more. */
  const settled = new Set<string>();
  for (;;) {
    const state = await readSchema(context, options);
    const steps = plan(state).filter((step) => !settled.has(JSON.stringify(step)));
    const due = steps.filter((step) => step.step !== 'overflow');
    try {
      for (const task of tasksOf(due)) {
        if (await perform(context, task, state, options)) done.push(...task.steps);
        for (const step of task.steps) settled.add(JSON.stringify(step));
      }
      if (due.length > 0) continue;
      done.push(...steps.filter(({ step }) => step === 'overflow'));
      break;
    } catch (error) {
      const now = await readSchema(context, options);
      if (outlook(plan, now) === outlook(plan, state)) throw error;
    }
  }
  await fillColumns(context, options);
  return done.map((step) => changeOf(context, step));
}

/** Differs where somebody else was quicker: a field that has its row in the map by now is not entered again. */
function outlook(plan: SchemaPlan, state: SchemaState): string {
  return JSON.stringify([plan(state), state.map]);
}

/** What a step means to people. */
export function changeOf({ names, settings }: SqlContext, step: SchemaStep): SchemaChange {
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
    case 'overflow':
      return { table, column: step.field, change: 'overflow', to: step.why };
    default:
      return { table, column: step.column, change: step.step, to: step.type };
  }
}

type DueStep = Exclude<SchemaStep, { step: 'overflow' }>;
type WidenStep = ColumnStep<'widen'>;

/** What is done at once: one step, or all columns of a table that grow wider together, since an engine may copy the table. */
type Task =
  | { readonly widen: RowTable; readonly steps: WidenStep[] }
  | { readonly widen: null; readonly steps: readonly [Exclude<DueStep, { step: 'widen' }>] };

function tasksOf(due: readonly DueStep[]): Task[] {
  const tasks: Task[] = [];
  for (const step of due) {
    if (step.step !== 'widen') {
      tasks.push({ widen: null, steps: [step] });
      continue;
    }
    const together = tasks.find((task) => task.widen === step.table);
    if (together?.widen) together.steps.push(step);
    else tasks.push({ widen: step.table, steps: [step] });
  }
  return tasks;
}

/** @returns false for a change that failed and can wait until the next time */
async function perform(context: SqlContext, task: Task, state: SchemaState, options: CallOptions): Promise<boolean> {
  for (const step of task.steps) {
    const map = 'map' in step ? step.map : null;
    if (map !== null) await recordColumn(context, step.table, map, state, options);
  }
  try {
    if (task.widen === null) await alter(context, task.steps[0], state, options);
    else await widen(context, task.widen, task.steps, options);
  } catch (error) {
    if (await isThere(context, task.steps, options)) return true;
    if (!task.steps.every((step) => canWait(context, step, error))) throw error;
    const columns = task.steps.map((step) => changeOf(context, step)).map(({ table, column }) => `${table}.${column}`);
    const message = `Not changed yet: ${columns.join(', ')} (${context.engine.toSinkError(error).message}). It is tried again at the next start`;
    context.notify({ level: 'warn', code: 'SQL_CHANGE_DEFERRED', message });
    return false;
  }
  return true;
}

/** Somebody else was quicker to add the column or to build the index. */
async function isThere({ session, names }: SqlContext, steps: readonly DueStep[], options: CallOptions) {
  const [step] = steps;
  if (step?.step !== 'add' && step?.step !== 'index') return false;
  const description = await session.schema.describe(names[step.table], options);
  if (step.step === 'index') return description?.indexes.some(([first]) => first === step.column) ?? false;
  return description?.columns.some(({ name }) => name === step.column) ?? false;
}

/**
 * Values of a field stay in overflow until its column is there, whatever stands in the way: a lock, a right that the user
 * lacks, a table that is full of columns. And a missing index costs nothing but time.
 */
function canWait({ engine }: SqlContext, step: DueStep, error: unknown): boolean {
  const { outcome, connectionLost } = engine.toSinkError(error);
  if (outcome === 'unknown' || connectionLost) return false;
  return step.step === 'index' || ('map' in step && step.map !== null);
}

async function widen(
  { session, names }: SqlContext,
  table: RowTable,
  steps: readonly WidenStep[],
  options: CallOptions,
): Promise<void> {
  const columns = steps.map(({ column, type }) => ({ name: column, type }));
  await session.schema.widen(names[table], columns, options);
}

async function alter(
  context: SqlContext,
  step: Exclude<DueStep, { step: 'widen' }>,
  state: SchemaState,
  options: CallOptions,
): Promise<void> {
  const { schema, db } = context.session;
  const table = context.names[step.table];
  switch (step.step) {
    case 'create-table':
      return createTable(context, step.table, state, options);
    case 'unique':
      return createKey(context, step.table, step.column, options);
    case 'index':
      return schema.alter(createIndex(context, step.table, step.column, false), options);
    case 'add': {
      const add = sql`alter table ${sql.id(table)} add ${sql.id(step.column)} ${sql.raw(step.type)}`;
      await schema.alter(add.compile(db), options);
      if (step.column === UPSTREAM_COLUMNS[step.table][0]?.name)
        await deleteKeyless(context, table, step.column, options);
      return;
    }
    case 'adopt':
      return;
  }
}

/** Rows that have lost their key: no write finds them again, and what they held is fetched anew. */
async function deleteKeyless({ session }: SqlContext, table: string, key: string, options: CallOptions): Promise<void> {
  const rows = sql`delete from ${sql.id(table)} where ${sql.id(key)} is null`;
  await session.schema.alter(rows.compile(session.db), options);
}

async function createTable(
  context: SqlContext,
  table: RowTable,
  { descriptions }: SchemaState,
  options: CallOptions,
): Promise<void> {
  const { schema } = context.session;
  const types = spellingFor(context.engine, context.settings, descriptions);
  const link = PARENT_COLUMNS[table];
  const parent = link && (await schema.describe(context.names[link.parent], options));
  await schema.alter(createRowTable(context, table, parent ?? undefined, types), options);
  if (link !== undefined) await schema.alter(createIndex(context, table, link.column, false), options);
}

/** Writing finds a row by its key: without one that is unique nothing can be written. */
async function createKey(context: SqlContext, table: RowTable, column: string, options: CallOptions): Promise<void> {
  try {
    await context.session.schema.alter(createIndex(context, table, column, true), options);
  } catch (error) {
    const cause = context.engine.toSinkError(error);
    if (cause.verdict !== 'refused') throw cause;
    const message = `${context.names[table]} has several rows of one ${column}: ${cause.message}`;
    throw new SinkError('SQL_KEY_DUPLICATED', message, { verdict: 'fatal', outcome: 'not-committed', cause });
  }
}

/** Written before the column is there, so that no other field can take it; not filled, so that it will be. */
async function recordColumn(
  { db }: SqlContext,
  table: RowTable,
  { field, column, folded }: MapRow,
  { map }: SchemaState,
  options: CallOptions,
): Promise<void> {
  const key = fieldKey(field);
  if (map.some((row) => row.table === table && row.field === field)) {
    const row = db.updateTable('sync_columns').set({ filled: 0 });
    await row.where('table_name', '=', table).where('field_key', '=', key).execute(options);
    return;
  }
  const values = { table_name: table, field_key: key, field: JSON.stringify(field), column_name: column, folded };
  await db
    .insertInto('sync_columns')
    .values({ ...values, filled: 0, version: 0 })
    .execute(options);
}
