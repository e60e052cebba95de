import { type CallOptions, type Finding, isSinkError, type RowTable } from '@dbsync/core/contract';
import { ROW_TABLES } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { TableDescription } from '../engine/table-description.js';
import { areAll, missingSyncTables } from '../stream/missing-sync-tables.js';
import { listed } from '../words/listed.js';
import { dueChanges } from './due-changes.js';
import type { MappedColumn } from './mapped-field.js';
import { missingIndexes, shownIndex } from './missing-indexes.js';
import { refusePreviousTables } from './previous-tables.js';
import { planTables } from './schema-plan.js';
import { readSchema, type SchemaState, unfilledColumns } from './schema-state.js';
import { checkSurroundings } from './table-surroundings.js';

/** The process that checks the tables. */
export interface CheckedBy {
  /** True: it runs, so it moves values out of overflow itself as soon as their columns are there. */
  readonly movesValues: boolean;
}

/** Returns findings about the tables of a copy, or about those that its first start meets. */
export async function checkTables(
  context: SqlContext,
  by: CheckedBy,
  options: CallOptions,
): Promise<readonly Finding[]> {
  const missing = await missingSyncTables(context, options);
  if (areAll(missing)) return checkBeforeCopy(context, options);
  if (!missing.includes('sync_columns')) return checkCopy(context, by, options);
  const what = `${context.names.sync_columns} is missing: another program removed it`;
  return [{ level: 'fail', what, remedy: 'The next start makes it again, and fetches every contact again' }];
}

async function checkCopy(context: SqlContext, by: CheckedBy, options: CallOptions): Promise<readonly Finding[]> {
  const state = await readSchema(context, options);
  const steps = planTables(state, { engine: context.engine, settings: context.settings });
  const isFilled = state.map.every(({ filled }) => filled);
  const what = `All tables such as ${context.names.contacts} exist, with all their columns and keys`;
  const whole: Finding = { level: 'pass', what, remedy: null };
  const loading: Finding = {
    level: 'pass',
    what: 'The first copy is loaded without keys and indexes: they are built at its end, or by the next start',
    remedy: null,
  };
  return [
    ...(state.phase === null ? [] : [loading]),
    ...(steps.length === 0 && isFilled && state.phase === null ? [whole] : []),
    ...valuesInOverflow(context, state, by),
    ...(await dueChanges(context, steps, state.views, options)),
    ...unbuiltIndexes(context, state),
    ...(await checkSurroundings(context, state.descriptions, options)),
  ];
}

/** Returns a finding about indexes for reports that a run builds, which is no reason to act. */
function unbuiltIndexes(context: SqlContext, { phase, descriptions }: SchemaState): readonly Finding[] {
  const missing = phase === null ? missingIndexes(context, descriptions) : [];
  if (missing.length === 0) return [];
  const shown = missing.map((index) => shownIndex(context, index));
  const what = `Indexes for reports that a run builds beside the copy: ${listed(shown, MAX_NAMED)}`;
  return [{ level: 'pass', what, remedy: null }];
}

/**
 * Returns findings about columns whose values are in overflow: those that are there, unless the process that checks moves the
 * values just now; and those that could not be made.
 */
function valuesInOverflow({ names }: SqlContext, state: SchemaState, { movesValues }: CheckedBy): readonly Finding[] {
  const named = (columns: readonly MappedColumn[]) => {
    const shown = columns.map(({ table, column }) => `${names[table]}.${column}`);
    return listed(shown, MAX_NAMED);
  };
  const waiting = unfilledColumns(state);
  const unmade = state.map.filter((column) => !column.filled && !waiting.includes(column));
  const findings: Finding[] = [];
  if (waiting.length > 0 && !movesValues) {
    const what = `The values of these columns are still in $overflow: ${named(waiting)}`;
    findings.push({ level: 'warn', what, remedy: 'A running dbsync moves them, else the next start does' });
  }
  if (unmade.length > 0) {
    const what = `These columns could not be made yet, and their values are in $overflow: ${named(unmade)}`;
    findings.push({ level: 'warn', what, remedy: 'See SQL_CHANGE_DEFERRED in the log, which names the reason' });
  }
  return findings;
}

/** The number of columns that a finding names. */
const MAX_NAMED = 5;

/** Checks a database without a copy: the old client's tables, and tables of the names that the copy will have. */
async function checkBeforeCopy(context: SqlContext, options: CallOptions): Promise<readonly Finding[]> {
  const { engine, names, session, settings } = context;
  const previous = await previousTables(context, options);
  if (previous !== null) return [previous];
  const descriptions: Partial<Record<RowTable, TableDescription>> = {};
  for (const table of ROW_TABLES) {
    const description = await session.schema.describe(names[table], options);
    if (description !== null) descriptions[table] = description;
  }
  const found = ROW_TABLES.flatMap((table) => (descriptions[table] === undefined ? [] : [names[table]]));
  const what =
    found.length === 0
      ? `There is no copy yet: the first start makes tables such as ${names.contacts}`
      : `There is no copy yet: the first start continues with the tables that are there: ${found.join(', ')}`;
  const steps = planTables({ map: [], descriptions }, { engine, settings });
  return [
    { level: 'pass', what, remedy: null },
    ...(await dueChanges(
      context,
      steps.filter(({ step }) => step !== 'create-table'),
      [],
      options,
    )),
    ...(await checkSurroundings(context, descriptions, options)),
  ];
}

/** Returns the finding that a start under this prefix would be refused; null where it would not. */
async function previousTables(context: SqlContext, options: CallOptions): Promise<Finding | null> {
  try {
    await refusePreviousTables(context, options);
    return null;
  } catch (error) {
    if (!isSinkError(error) || error.code !== 'SQL_OTHER_PREFIX') throw error;
    const [what = '', remedy = ''] = error.message.split(' To continue with it: ');
    return { level: 'fail', what, remedy: `To continue with it: ${remedy}` };
  }
}
