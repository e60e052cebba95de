import type { RowTable } from '@dbsync/core/contract';
import { type CompiledQuery, type RawBuilder, sql } from 'kysely';
import { findColumn } from '../columns/table-plan.js';
import { keyColumn, PARENT_COLUMNS, UPSTREAM_COLUMNS } from '../columns/upstream-columns.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { TypeSpelling } from '../engine/sql-engine.js';
import type { ColumnKind } from '../engine/storage.js';
import type { SyncTables } from '../engine/sync-tables.js';
import { isUnique, type TableDescription } from '../engine/table-description.js';
import { tableId } from '../engine/table-id.js';
import { marked } from '../words/comment-text.js';
import { columnComment, DICTIONARY } from '../words/dictionary.js';
import { declaredType } from './declared-type.js';
import { columnsOfNewTable } from './late-columns.js';

/** An index that a table is to get. */
export interface NewIndex {
  readonly table: RowTable;
  readonly name: string;
  readonly parts: readonly RawBuilder<unknown>[];
}

interface NewColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly notNull?: boolean;
}

/**
 * Returns the statement that creates one of the five tables, with its key and its foreign key (R20).
 * @param isKeyless true: without both, for a first load
 */
export function createRowTable(
  context: SqlContext,
  table: RowTable,
  parent: TableDescription | undefined,
  types: TypeSpelling,
  isKeyless: boolean,
): CompiledQuery {
  const { settings, session } = context;
  const specs = columnsOfNewTable(table, settings.columnTypes);
  const columns = specs.map((spec, index) => {
    const type = declaredType(types, spec, settings.columnTypes);
    return columnOf(context, spec.name, type, index === 0, columnComment(table, spec.name, spec.kind));
  });
  const link = foreignKey(context, table, parent, types);
  const keys = isKeyless ? [] : [primaryKey(table), ...(link === null ? [] : [link])];
  const parts = [...columns, ...keys];
  return createTable(context, table, parts, types.tableOptions ?? session.schema.tableOptions);
}

function createTable(
  context: SqlContext,
  table: RowTable | keyof SyncTables,
  parts: readonly RawBuilder<unknown>[],
  options: RawBuilder<unknown>,
): CompiledQuery {
  const { names, session } = context;
  const comment = worded(context, DICTIONARY[table].means);
  const { atStart = noText, atEnd = noText } = session.schema.comments ?? {};
  return sql`create table ${tableId(context, names[table])} (${atStart(comment)}${sql.join(parts)}) ${options}${atEnd(comment)}`.compile(
    session.db,
  );
}

/** Returns a comment as a start finds it again, where the engine has comments that can be read. */
function worded({ session: { schema } }: SqlContext, comment: string): string {
  return schema.comments?.keeper === undefined ? comment : marked(comment);
}

function noText(): RawBuilder<unknown> {
  return sql``;
}

/** Returns the primary key of a table, for CREATE TABLE and after ALTER TABLE ADD. */
export function primaryKey(table: RowTable): RawBuilder<unknown> {
  return sql`primary key (${sql.id(keyColumn(table))})`;
}

/** Returns the foreign key of a table in the same way; null where it gets none. @param parent as it stands */
export function foreignKey(
  context: SqlContext,
  table: RowTable,
  parent: TableDescription | undefined,
  types: TypeSpelling,
): RawBuilder<unknown> | null {
  const link = PARENT_COLUMNS[table];
  if (!link?.declared || !canBeReferenced(context, link.parent, parent, types)) return null;
  return sql`foreign key (${sql.id(link.column)}) references ${tableId(context, context.names[link.parent])} (${sql.id(keyColumn(link.parent))})`;
}

function columnOf(
  context: SqlContext,
  name: string,
  type: string,
  notNull: boolean,
  comment: string | null,
): RawBuilder<unknown> {
  const { schema } = context.session;
  const check = schema.checkOf?.(name, type) ?? sql``;
  const words = comment === null ? sql`` : (schema.comments?.inColumn?.(worded(context, comment)) ?? sql``);
  return sql`${sql.id(name)} ${sql.raw(type)}${sql.raw(notNull ? ' not null' : '')}${check}${words}`;
}

/** Returns the statement that makes an index, while no process writes to the table. */
export function createIndex(
  context: SqlContext,
  { table, name, parts, isUnique = false }: NewIndex & { readonly isUnique?: boolean },
): CompiledQuery {
  const { names, session } = context;
  const unique = sql.raw(isUnique ? 'unique ' : '');
  return sql`create ${unique}index ${sql.id(name)} on ${tableId(context, names[table])} (${sql.join(parts)})`.compile(
    session.db,
  );
}

/** Returns a plain index on one column. */
export function plainIndex({ names }: Pick<SqlContext, 'names'>, table: RowTable, column: string): NewIndex {
  return { table, name: `${names[table]}_${column.replace('$', '')}`, parts: [sql.id(column)] };
}

/**
 * True where the key has a type that a foreign key can refer to. Tables of the old client have keys of other types, or
 * none.
 */
function canBeReferenced(
  { settings }: SqlContext,
  table: RowTable,
  parent: TableDescription | undefined,
  types: TypeSpelling,
) {
  const [spec] = UPSTREAM_COLUMNS[table];
  if (!settings.foreignKeys || parent === undefined || spec === undefined) return false;
  const key = findColumn(spec, parent.columns);
  if (key === undefined || !isUnique(parent, key.name)) return false;
  return key.type.toLowerCase() === declaredType(types, spec, settings.columnTypes).toLowerCase();
}

/** Returns the statement that creates one of dbsync's own tables. */
export function createSyncTable(context: SqlContext, table: keyof SyncTables): CompiledQuery {
  const { engine, session } = context;
  const { columns, keys } = SYNC_TABLES[table];
  const defined = columns.map(({ name, kind, notNull = false }) =>
    columnOf(context, name, engine.types.declare(kind, 'native'), notNull, columnComment(table, name, kind)),
  );
  const [primary = [], ...others] = keys.map((key) => key.map((name) => sql.id(name)));
  const parts = [
    ...defined,
    sql`${primary.length > 1 ? session.schema.compoundPrimaryKey : sql`primary key`} (${sql.join(primary)})`,
    ...others.map((key) => sql`unique (${sql.join(key)})`),
  ];
  return createTable(context, table, parts, session.schema.tableOptions);
}

interface SyncTable {
  readonly columns: readonly NewColumn[];
  /** The primary key, then the unique keys. */
  readonly keys: readonly (readonly string[])[];
}

/** dbsync's own tables. */
export const SYNC_TABLES: Readonly<Record<keyof SyncTables, SyncTable>> = {
  sync_state: {
    columns: [
      ...required('key', 'stream'),
      ...required('integer', 'epoch'),
      ...optional('key', 'holder'),
      ...optional('text', 'plan process'),
      ...required('integer', 'lease_until writes'),
      ...optional('text', 'progress'),
    ],
    keys: [['stream']],
  },
  sync_columns: {
    columns: [
      ...required('key', 'table_name field_key'),
      ...required('text', 'field'),
      ...required('key', 'column_name folded'),
      ...required('integer', 'filled version'),
    ],
    keys: [
      ['table_name', 'field_key'],
      ['table_name', 'folded'],
    ],
  },
  sync_requests: {
    columns: [
      ...required('key', 'stream request_key'),
      ...required('integer', 'posted_at'),
      ...required('text', 'body'),
    ],
    keys: [['stream', 'request_key']],
  },
  dead_letters: {
    columns: [
      ...required('key', 'stream letter_key kind'),
      ...required('key', 'contact_key'),
      ...optional('text', 'contact_id md5'),
      ...required('text', 'code reason body first_seen_at'),
      ...required('integer', 'attempts'),
      ...optional('text', '$overflow'),
    ],
    keys: [
      ['stream', 'letter_key'],
      ['stream', 'contact_key', 'letter_key'],
    ],
  },
  sync_forgotten: {
    columns: [
      ...required('key', 'contact_hash'),
      ...required('text', 'salt'),
      ...required('integer', 'forgotten_at'),
      ...optional('text', 'erased'),
    ],
    keys: [['contact_hash']],
  },
  sync_audit: {
    columns: [
      ...required('key', 'act_id stream'),
      ...required('instant', 'acted_at'),
      ...required('text', 'database_user os_user host'),
      ...required('key', 'act'),
      ...required('text', 'subject'),
    ],
    keys: [['act_id']],
  },
  sync_missing: {
    columns: [...required('key', 'stream contact_id'), ...required('text', 'note')],
    keys: [['stream', 'contact_id']],
  },
  sync_heartbeats: {
    columns: [...required('key', 'stream holder'), ...required('integer', 'kept_at'), ...required('text', 'body')],
    keys: [['stream']],
  },
};

function required(kind: ColumnKind, names: string): NewColumn[] {
  return names.split(' ').map((name) => ({ name, kind, notNull: true }));
}

function optional(kind: ColumnKind, names: string): NewColumn[] {
  return names.split(' ').map((name) => ({ name, kind }));
}
