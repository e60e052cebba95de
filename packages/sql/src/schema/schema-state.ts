import { type CallOptions, type RowTable, SinkError } from '@dbsync/core/contract';
import { type CompiledQuery, type Selectable, sql } from 'kysely';
import type { TablePlans } from '../columns/batch-rows.js';
import { planTable, type TablePlan } from '../columns/table-plan.js';
import { ROW_TABLES } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { SyncColumnsTable } from '../engine/sync-tables.js';
import type { TableDescription } from '../engine/table-description.js';
import { tableId } from '../engine/table-id.js';
import type { Guard } from '../engine/upsert-batch.js';
import { type ForgottenContacts, readForgottenContacts } from '../stream/forgotten-contacts.js';
import { stateUnreadable } from '../stream/state-unreadable.js';
import { storedCounter } from '../stream/stored-whole.js';
import { type FillNote, fillNotesIn } from './fill-notes.js';
import { type LoadPhase, readPhase } from './load-phase.js';
import { fieldIn, type MappedColumn, textIn } from './mapped-field.js';
import { type ViewNote, viewNotesIn } from './view-notes.js';

/** The tables as they stood in the database at one version of the column map. */
export interface SchemaState {
  readonly version: string;
  /**
   * The name under which valid proofs were written. It changes when a table or a column has to be made again (R16b).
   * Empty: that never happened.
   */
  readonly generation: string;
  /** The phase of a first load; null: none is on, and the tables are to have all their keys. */
  readonly phase: LoadPhase | null;
  readonly map: readonly MappedColumn[];
  /** The `field_key` of rows of the map that name no field (R36). */
  readonly unreadableKeys: ReadonlySet<string>;
  readonly descriptions: Readonly<Partial<Record<RowTable, TableDescription>>>;
  /** Null until all tables and their obligatory columns are there. */
  readonly plans: TablePlans | null;
  /** A `forget` makes a new version, so a write that passes the version's guard knows all forgotten contacts (R37). */
  readonly forgotten: ForgottenContacts;
  /** The views that dbsync made for reports. */
  readonly views: readonly ViewNote[];
  /** The progress of columns whose filling was begun. */
  readonly fills: readonly FillNote[];
}

/** A schema in which all tables are there. */
export type ReadySchema = SchemaState & { readonly plans: TablePlans };

/** The version of a column map that is missing. */
export const NO_VERSION = '0';

/**
 * Reads the schema, its version first: a change while the rest is read makes the version stale, and no write passes
 * with it.
 */
export async function readSchema(context: SqlContext, options: CallOptions): Promise<SchemaState> {
  const rows = await context.db.selectFrom('sync_columns').selectAll().execute(options);
  const versionRow = rows.find(({ table_name }) => table_name === '');
  if (versionRow === undefined) throw versionLost(context);
  if (storedCounter(versionRow.version) === null) throw versionUnreadable(context);
  return stateOf(context, rows, versionRow, options);
}

/**
 * Reads the schema for a plan of changes, also where the column map or its version is missing: a start makes them, and then no field
 * has a column yet.
 */
export async function readSchemaToPlan(context: SqlContext, options: CallOptions): Promise<SchemaState> {
  const hasMap = (await context.session.schema.describe(context.names.sync_columns, options)) !== null;
  const rows = hasMap ? await context.db.selectFrom('sync_columns').selectAll().execute(options) : [];
  const versionRow = rows.find(({ table_name }) => table_name === '') ?? {
    version: NO_VERSION,
    field: '""',
    column_name: '',
  };
  return stateOf(context, rows, versionRow, options);
}

async function stateOf(
  context: SqlContext,
  rows: readonly Selectable<SyncColumnsTable>[],
  versionRow: { readonly version: string | number | bigint; readonly field: string; readonly column_name: string },
  options: CallOptions,
): Promise<SchemaState> {
  const version = String(versionRow.version);
  const generation = textIn(versionRow.field) ?? versionRow.field;
  const phase = readPhase(versionRow.column_name);
  const unreadableKeys = new Set<string>();
  const map = rows.flatMap((row): MappedColumn[] => {
    const table = ROW_TABLES.find((candidate) => candidate === row.table_name);
    const field = fieldIn(row.field);
    if (table !== undefined && field === null) unreadableKeys.add(row.field_key);
    if (table === undefined || field === null) return [];
    return [{ table, field, column: row.column_name, folded: row.folded, filled: Number(row.filled) === 1 }];
  });
  const descriptions: Partial<Record<RowTable, TableDescription>> = {};
  for (const table of ROW_TABLES) {
    const description = await context.session.schema.describe(context.names[table], options);
    if (description !== null) descriptions[table] = description;
  }
  const forgotten = await readForgottenContacts(context, options);
  const plans = planTables(context, descriptions, map);
  const views = viewNotesIn(rows);
  const fills = fillNotesIn(rows);
  return { version, generation, phase, map, unreadableKeys, descriptions, plans, forgotten, views, fills };
}

/**
 * Reports a lost connection: core then claims again, and the next opening makes the row again, with a new generation.
 */
function versionLost({ names }: SqlContext): SinkError {
  const message = `${names.sync_columns} has no row with an empty table_name any more: another program deleted it. It is made again`;
  return new SinkError('SQL_TABLES_MISSING', message, {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
}

function versionUnreadable({ names: { sync_columns } }: SqlContext): SinkError {
  const statement = `UPDATE ${sync_columns} SET version = 1 WHERE table_name = ''`;
  return stateUnreadable(`The versions in ${sync_columns}`, statement);
}

/** Holds while the column map is as it was when the rows of a write were made, and keeps it so until the commit (R21). */
export function versionGuard(context: SqlContext, { version }: SchemaState): Guard {
  const { engine, session, names } = context;
  const { afterTable, atEnd } = engine.types.shareLock;
  const query = sql`select 1 as held from ${tableId(context, names.sync_columns)} ${afterTable}
    where table_name = '' and version = ${version} ${atEnd}`.compile(session.db);
  return { query, meets: 'returned' };
}

/**
 * Keeps all other writers of these tables out until the commit: of two that insert one id into a table without a unique
 * key, the second then finds the row of the first. It changes no value, and still locks the row.
 */
export function lockOtherWriters({ db }: SqlContext): CompiledQuery {
  return db.updateTable('sync_columns').set({ filled: 1 }).where('table_name', '=', '').compile();
}

/** Returns the columns that are there, and that rows from before do not all have filled yet. */
export function unfilledColumns({ map, descriptions }: SchemaState): readonly MappedColumn[] {
  return map.filter(
    ({ table, column, filled }) => !filled && descriptions[table]?.columns.some(({ name }) => name === column),
  );
}

function planTables(
  { engine, names, settings }: SqlContext,
  descriptions: SchemaState['descriptions'],
  map: readonly MappedColumn[],
): TablePlans | null {
  const { types, limits, writesWithoutKey } = engine;
  const { columnTypes, reportIndexes } = settings;
  const target = { types, limits, writesWithoutKey, columnTypes, reportIndexes };
  const plan = (table: RowTable): TablePlan | null => {
    const ofTable = map.filter((column) => column.table === table);
    return planTable(table, names[table], descriptions[table] ?? NO_TABLE, ofTable, target);
  };
  const [contacts, transactions] = [plan('contacts'), plan('transactions')];
  const [connections, recordings, inbound_calls] = [plan('connections'), plan('recordings'), plan('inbound_calls')];
  if (!contacts || !transactions || !connections || !recordings || !inbound_calls) return null;
  return { contacts, transactions, connections, recordings, inbound_calls };
}

const NO_TABLE = { columns: [], uniqueKeys: [] };
