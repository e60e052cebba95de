import type { CallOptions, Field, PlannedChange, PlannedChanges } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { nameReason } from '../columns/column-names.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { SyncTables } from '../engine/sync-tables.js';
import { tableId } from '../engine/table-id.js';
import { areAll, missingSyncTables } from '../stream/missing-sync-tables.js';
import { canWait } from './change-or-defer.js';
import { planFields } from './field-plan.js';
import { foreseenSchema } from './foreseen-schema.js';
import { findLostParts } from './lost-parts.js';
import { missingIndexes, shownIndex } from './missing-indexes.js';
import { refusePreviousTables } from './previous-tables.js';
import { changeOf } from './schema-change.js';
import { planTables } from './schema-plan.js';
import { readSchemaToPlan, type SchemaState } from './schema-state.js';
import type { SchemaStep } from './schema-steps.js';
import { findObstacles } from './step-obstacles.js';
import { MADE_LATER } from './sync-setup.js';

/**
 * Finds all that a start would change, by the plan that a start follows, and changes nothing.
 *
 * @param effectsBeside returns what a start would do beside the tables
 * @throws SinkError where a start would end with it, such as `SQL_OTHER_PREFIX`
 */
export async function planChanges(
  context: SqlContext,
  fields: readonly Field[],
  effectsBeside: (state: SchemaState, changes: readonly PlannedChange[]) => Promise<readonly string[]>,
  options: CallOptions,
): Promise<PlannedChanges> {
  const missing = await missingSyncTables(context, options);
  const hasCopy = !missing.includes('sync_state') && !missing.includes('sync_columns');
  if (areAll(missing)) await refusePreviousTables(context, options);
  const own: (keyof SyncTables)[] = [...missing];
  for (const table of MADE_LATER) {
    if ((await context.session.schema.describe(context.names[table], options)) === null) own.push(table);
  }
  const state = await readSchemaToPlan(context, options);
  const target = { engine: context.engine, settings: context.settings };
  const { steps, state: after } = foreseenSchema(context, state, (now) => [
    ...planTables(now, target),
    ...planFields(now, fields, context.settings.maxCustomFields, target),
  ]);
  const changes = steps.map((step) => plannedChange(context, step));
  const lost = missing.includes('sync_state') ? [] : await findLostParts(context, state, options);
  return {
    hasCopy,
    losesRows: lost.length > 0,
    changes: [
      ...own.map((table) => ({ table: context.names[table], column: '', change: 'create-table', to: OWN }) as const),
      ...(await withObstacles(context, state, steps, changes, options)),
    ],
    effects: [
      ...(context.session.startEffects ?? []),
      ...effectsOf(context, state, steps, lost),
      ...indexEffects(context, after),
      ...(await effectsBeside(state, changes)),
    ],
  };
}

const OWN = 'data that dbsync needs beside the rows';

function plannedChange(context: SqlContext, step: SchemaStep): PlannedChange {
  const change = changeOf(context, step);
  if (step.step !== 'add' && step.step !== 'adopt') return change;
  const { map } = step;
  if (map === null || map.field === map.column || step.table !== 'contacts') return change;
  return { ...change, field: map.field, why: nameReason(map.field) };
}

/** Adds to each change what is known to be in its way. */
async function withObstacles(
  context: SqlContext,
  state: SchemaState,
  steps: readonly SchemaStep[],
  changes: readonly PlannedChange[],
  options: CallOptions,
): Promise<readonly PlannedChange[]> {
  const obstaclesOf = await findObstacles(context, steps, state.views, options);
  const found: PlannedChange[] = [];
  for (const [index, step] of steps.entries()) {
    const change = changes[index];
    if (change === undefined) continue;
    if (step.step === 'unique' && (await hasDuplicates(context, state, step, options))) {
      const obstacle = { what: `several rows have one ${step.column}`, clear: null, isFatal: true };
      found.push({ ...change, obstacle });
      continue;
    }
    const own = obstaclesOf(step);
    if (step.step !== 'widen' || own.length === 0) {
      found.push(change);
      continue;
    }
    const clear = own.flatMap((obstacle) => obstacle.clear ?? []);
    const what = [...new Set(own.map((obstacle) => obstacle.what))].join(', ');
    const statements = clear.length === 0 ? null : `${[...new Set(clear)].join('; ')};`;
    found.push({ ...change, obstacle: { what, clear: statements, isFatal: !canWait(context, step) } });
  }
  return found;
}

/** A column that is made first has no values. */
async function hasDuplicates(
  { engine, names, session }: SqlContext,
  { descriptions }: SchemaState,
  { table, column }: Extract<SchemaStep, { step: 'unique' | 'index' }>,
  { signal }: CallOptions,
) {
  if (!descriptions[table]?.columns.some(({ name }) => name === column)) return false;
  const key = sql.id(column);
  const { rows } = await sql`
    select ${key} as id from ${tableId({ session }, names[table])} where ${key} is not null group by ${key}
    having count(*) > 1 order by ${key} ${engine.types.firstRows(1)}`.execute(session.db, { signal });
  return rows.length > 0;
}

/** Names the indexes for reports that a start would build. */
function indexEffects(context: SqlContext, { descriptions }: SchemaState): readonly string[] {
  const missing = missingIndexes(context, descriptions).map((index) => shownIndex(context, index));
  return missing.length === 0 ? [] : [`Indexes for reports are built beside the copy: ${missing.join(', ')}.`];
}

/** Returns the effects of a start that are no change of a table or a column. */
function effectsOf(
  context: SqlContext,
  state: SchemaState,
  steps: readonly SchemaStep[],
  lost: readonly string[],
): readonly string[] {
  const effects: string[] = [];
  if (state.phase !== null)
    effects.push('Keys, indexes and foreign keys that the first copy was loaded without are built.');
  if (lost.length > 0) {
    effects.push(`Missing or emptied: ${lost.join(', ')}. Rows lost these values.`);
  }
  const due = steps.flatMap((step) =>
    (step.step === 'add' || step.step === 'widen') && step.map !== null && state.descriptions[step.table] !== undefined
      ? [`${context.names[step.table]}.${step.column}`]
      : [],
  );
  const waiting = state.map
    .filter(({ filled }) => !filled)
    .map(({ table, column }) => `${context.names[table]}.${column}`);
  const filled = [...new Set([...waiting, ...due])];
  if (filled.length > 0 && state.descriptions.contacts !== undefined) {
    effects.push(`Values that rows keep in $overflow move into their columns: ${filled.join(', ')}.`);
  }
  return effects;
}
