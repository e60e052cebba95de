import { type CallOptions, type RowTable, SinkError } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { keyColumn, PARENT_COLUMNS } from '../columns/upstream-columns.js';
import { otherIndexName } from '../engine/engine-indexing.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { ColumnDescription } from '../engine/table-description.js';
import { forTriggers, tableId } from '../engine/table-id.js';
import { recordColumn } from './column-map.js';
import { createIndex, createRowTable, type NewIndex, plainIndex } from './create-tables.js';
import { declaredColumns, spellingFor } from './declared-type.js';
import { lateRows } from './late-columns.js';
import { isInLoad } from './load-phase.js';
import { parentIndex } from './missing-indexes.js';
import type { SchemaState } from './schema-state.js';
import type { SchemaStep } from './schema-steps.js';

/** A step that changes one thing of a table. */
export type SingleStep = Exclude<SchemaStep, { step: 'overflow' | 'widen' }>;

/** Makes the change of one step in the database. */
export async function makeChange(
  context: SqlContext,
  step: SingleStep,
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
      return buildParentIndex(context, step.table, state.descriptions[step.table]?.columns ?? [], options);
    case 'add': {
      const add = sql`alter table ${tableId(context, table)} add ${sql.id(step.column)} ${sql.raw(step.type)}`;
      await schema.alter(add.compile(db), options);
      if (step.column === keyColumn(step.table)) await deleteKeyless(context, table, step.column, options);
      return;
    }
    case 'unlink':
      return unlink(context, step, options);
    case 'adopt':
      return;
  }
}

/**
 * Removes the foreign key and tells what happened to the parent: its rows are fetched again into the table that is made
 * under its name.
 */
async function unlink(
  { engine, names, notify, session }: SqlContext,
  { table, column, key }: Extract<SingleStep, { step: 'unlink' }>,
  options: CallOptions,
): Promise<void> {
  const parent = names[PARENT_COLUMNS[table]?.parent ?? table];
  const moved = `${names[table]}.${column} refers to ${key.table}: another program renamed or moved ${parent}.`;
  try {
    await session.schema.unlink(names[table], key, options);
  } catch (error) {
    const cause = engine.toSinkError(error);
    if (cause.code === engine.busyCode || cause.outcome === 'unknown' || cause.connectionLost) throw cause;
    const message = `${moved} The reference ${key.name} cannot be dropped: ${cause.message}. Drop it yourself, or give ${key.table} its name back.`;
    throw new SinkError('SQL_PARENT_MOVED', message, { verdict: 'fatal', outcome: 'not-committed', cause });
  }
  const message = `${moved} dbsync drops the reference, and fills a new ${parent}. The rows of ${key.table} stay as they are.`;
  notify({ level: 'warn', code: 'SQL_PARENT_MOVED', message });
}

/** Deletes rows that have lost their key: no write finds them again, and their contents are fetched again. */
async function deleteKeyless(context: SqlContext, table: string, key: string, options: CallOptions): Promise<void> {
  const rows = sql`delete from ${tableId(context, table)} where ${sql.id(key)} is null ${forTriggers(context)}`;
  const { session } = context;
  await session.schema.alter(rows.compile(session.db), options);
}

async function createTable(
  context: SqlContext,
  table: RowTable,
  state: SchemaState,
  options: CallOptions,
): Promise<void> {
  const { schema } = context.session;
  const { descriptions } = state;
  const isLoaded = isInLoad(state, table);
  const types = spellingFor(context.engine, context.settings, descriptions);
  for (const row of lateRows(table, context.settings.columnTypes)) {
    await recordColumn(context, table, row, state, { ...options, filled: true });
  }
  const link = PARENT_COLUMNS[table];
  const parent = link && (await schema.describe(context.names[link.parent], options));
  const isKeyless = isLoaded && (schema.loading?.defersKeys ?? false);
  await schema.alter(createRowTable(context, table, parent ?? undefined, types, isKeyless), options);
  const columns = declaredColumns(types, table, context.settings.columnTypes);
  if (!isLoaded) await buildParentIndex(context, table, columns, options);
}

/** Builds the index by which rows of a table with these columns find their parent. */
export async function buildParentIndex(
  context: SqlContext,
  table: RowTable,
  columns: readonly ColumnDescription[],
  options: CallOptions,
): Promise<void> {
  const index = parentIndex(context, table, columns);
  if (index !== null) await buildIndex(context, index, options);
}

/**
 * Builds an index, under another name where another table has the usual one, such as the renamed table that this one
 * replaces.
 */
export async function buildIndex(context: SqlContext, index: NewIndex, options: CallOptions): Promise<void> {
  const { engine, session } = context;
  try {
    await session.schema.alter(createIndex(context, index), options);
  } catch (error) {
    if (engine.toSinkError(error).code === engine.busyCode) throw error;
    const other = { ...index, name: otherIndexName(index.name) };
    await session.schema.alter(createIndex(context, other), options).catch(() => {
      throw error;
    });
  }
}

/** Makes the key unique: a write finds a row by its key, and needs a unique one. */
async function createKey(context: SqlContext, table: RowTable, column: string, options: CallOptions): Promise<void> {
  try {
    const index = plainIndex(context, table, column);
    const unique = { ...index, name: `${index.name}_key`, isUnique: true };
    await context.session.schema.alter(createIndex(context, unique), options);
  } catch (error) {
    const cause = context.engine.toSinkError(error);
    if (cause.verdict !== 'refused') throw cause;
    const message = `${context.names[table]} has several rows of one ${column}: ${cause.message}`;
    throw new SinkError('SQL_KEY_DUPLICATED', message, { verdict: 'fatal', outcome: 'not-committed', cause });
  }
}
