import { randomUUID } from 'node:crypto';
import type { CallOptions, RowTable } from '@dbsync/core/contract';
import { findColumn } from '../columns/table-plan.js';
import { isDispensable, ROW_TABLES, UPSTREAM_COLUMNS } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import { markOfEarlierVersion, parseStoredProgress, type RowsMark } from '../stream/stored-progress.js';
import { markUnfilled } from './column-map.js';
import { dropFillNote } from './fill-notes.js';
import { filledTables } from './filled-tables.js';
import type { MappedColumn } from './mapped-field.js';
import { NO_VERSION, readSchema, type SchemaState } from './schema-state.js';

/** Parts that the tables had and lost. */
interface LostParts {
  readonly tables: readonly RowTable[];
  readonly columns: readonly { readonly table: RowTable; readonly column: string }[];
  /** Returns those of the columns that the map names. */
  readonly mapped: readonly MappedColumn[];
}

/**
 * Begins a new generation of proofs where a table or a column is gone, or a table was emptied: the values in their rows
 * are lost, and no proof says so (R16b). Commits it before anything is made again, so it holds wherever the process is
 * killed; with it the map gets its next version, so a write that was prepared under the old generation fails its guard.
 * Where no stream has progress, core compares all rows with the campaign (`hasForeignRows`): it finds those that are gone, and
 * not that a row lost a value. So the columns of tables with rows are looked for then too.
 *
 * @returns the tables as it read them; null where it changed the map
 */
export async function voidLostProofs(context: SqlContext, options: CallOptions): Promise<SchemaState | null> {
  // Progress is read before the tables: another process may be making these just now, and a process that has progress
  // had them all.
  const marks = await readMarks(context, options);
  const state = await readSchema(context, options);
  const lost = lostParts(state);
  const names = await lostNames(context, state, { lost, marks }, options);
  if (names.length === 0) return state;
  await nextGeneration(context, options);
  for (const { table, field } of lost.mapped) {
    // Its loss counts once only: from now on it is like a column that was never made.
    await markUnfilled(context, table, [field], options);
    await dropFillNote(context, table, options);
  }
  const message = `${names.join(', ')}: missing or emptied. Rows lost these values, so all contacts count as changed.`;
  context.notify({ level: 'warn', code: 'SQL_ROWS_LOST', message });
  return null;
}

/** Returns the parts that a start would find to be lost, by the names that operators know. */
export async function findLostParts(
  context: SqlContext,
  state: SchemaState,
  options: CallOptions,
): Promise<readonly string[]> {
  const marks = await readMarks(context, options);
  const isMapLost = state.version === NO_VERSION && marks.length > 0;
  return [
    ...(isMapLost ? [context.names.sync_columns] : []),
    ...(await lostNames(context, state, { lost: lostParts(state), marks }, options)),
  ];
}

async function lostNames(
  context: SqlContext,
  state: SchemaState,
  { lost: { tables, columns }, marks }: { readonly lost: LostParts; readonly marks: readonly RowsMark[] },
  options: CallOptions,
): Promise<readonly string[]> {
  const { names } = context;
  const namesOf = (some: LostParts['columns']) => [
    ...new Set(some.map(({ table, column }) => `${names[table]}.${column}`)),
  ];
  if (marks.length > 0) {
    const emptied = await emptiedTables(context, state, marks, options);
    return [...tables.map((table) => names[table]), ...namesOf(columns), ...emptied];
  }
  const isBegun = state.map.some(({ filled }) => filled);
  if (!isBegun || columns.length === 0) return [];
  const filled = await filledTables(context, state, options);
  return namesOf(columns.filter(({ table }) => filled.includes(table)));
}

/** Returns a name that no generation had before. A counter would start again at one where the map itself was lost. */
export function newGeneration(): string {
  return randomUUID();
}

function lostParts({ map, descriptions, fills }: SchemaState): LostParts {
  const there = ROW_TABLES.filter((table) => descriptions[table] !== undefined);
  if (there.length === 0) return { tables: [], columns: [], mapped: [] };
  const tables = ROW_TABLES.filter((table) => descriptions[table] === undefined);
  // A column that was being filled had values too.
  const isBegun = ({ table, field }: MappedColumn) =>
    fills.some((note) => note.table === table && note.fields.includes(field));
  const columns = map.filter((row) => (row.filled || isBegun(row)) && !hasColumn(descriptions, row.table, row.column));
  const obligatory = there.flatMap((table) => missingOf(table, { map, descriptions }));
  const lost = columns.filter(({ table }) => there.includes(table));
  return { tables, columns: [...obligatory, ...lost], mapped: columns };
}

function hasColumn(descriptions: SchemaState['descriptions'], table: RowTable, column: string): boolean {
  return descriptions[table]?.columns.some(({ name }) => name === column) ?? false;
}

/**
 * Returns the missing columns. Each table has its obligatory columns from the beginning, but for the late ones, which a
 * table of an earlier release never had, and those that rows can do without. A column in the map that is not filled was
 * never there: it could not be made yet, and its values are in overflow.
 */
function missingOf(table: RowTable, { map, descriptions }: Pick<SchemaState, 'map' | 'descriptions'>) {
  const waiting = new Set(map.filter((row) => row.table === table && !row.filled).map(({ column }) => column));
  return UPSTREAM_COLUMNS[table]
    .filter((spec) => !spec.isLate && !isDispensable(spec) && !waiting.has(spec.name))
    .filter((spec) => findColumn(spec, descriptions[table]?.columns ?? []) === undefined)
    .map(({ name }) => ({ table, column: name }));
}

/** Reads the marks of all streams that have progress. */
async function readMarks({ db }: SqlContext, options: CallOptions): Promise<readonly RowsMark[]> {
  const rows = await db.selectFrom('sync_state').select('progress').execute(options);
  return rows.flatMap((row) => {
    const stored = parseStoredProgress(row.progress);
    return stored === null ? [] : [stored.rows ?? markOfEarlierVersion(stored)];
  });
}

/** Returns tables without a row, though the progress of a stream was committed with rows in them. */
async function emptiedTables(
  context: SqlContext,
  state: SchemaState,
  marks: readonly RowsMark[],
  options: CallOptions,
): Promise<string[]> {
  const valid = marks.filter(({ generation }) => generation === state.generation);
  const wanted = new Set(valid.flatMap(({ tables }) => tables));
  if (wanted.size === 0) return [];
  const filled = await filledTables(context, state, options);
  const emptied = [...wanted].filter((table) => state.descriptions[table] !== undefined && !filled.includes(table));
  return emptied.map((table) => context.names[table]);
}

async function nextGeneration({ db }: SqlContext, options: CallOptions): Promise<void> {
  await db
    .updateTable('sync_columns')
    .set((eb) => ({ field: JSON.stringify(newGeneration()), version: eb('version', '+', 1) }))
    .where('table_name', '=', '')
    .execute(options);
}
