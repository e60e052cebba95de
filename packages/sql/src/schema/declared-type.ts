import type { RowTable } from '@dbsync/core/contract';
import { findColumn } from '../columns/table-plan.js';
import { type ColumnSpec, ROW_TABLES, UPSTREAM_COLUMNS } from '../columns/upstream-columns.js';
import type { SqlEngine, TypeSpelling } from '../engine/sql-engine.js';
import type { SqlSettings } from '../engine/sql-settings.js';
import type { ColumnTypes } from '../engine/storage.js';
import type { ColumnDescription } from '../engine/table-description.js';
import { columnsOfNewTable } from './late-columns.js';
import type { SchemaState } from './schema-state.js';

/** Returns the type for a new column. */
export function declaredType(
  types: TypeSpelling,
  { kind, former }: Pick<ColumnSpec, 'kind' | 'former'>,
  mode: ColumnTypes,
): string {
  if (mode !== 'dbsync2') return types.declare(kind, mode);
  return former === null ? types.declare(kind, 'native') : types.declareFormer(former);
}

/** Returns the columns that a new table gets. */
export function declaredColumns(types: TypeSpelling, table: RowTable, mode: ColumnTypes): readonly ColumnDescription[] {
  return columnsOfNewTable(table, mode).map((spec) => ({ name: spec.name, type: declaredType(types, spec, mode) }));
}

/** Returns the spelling of types that suits the texts that the copy has, or is to have. */
export function spellingFor(
  { types }: Pick<SqlEngine, 'types'>,
  { columnTypes }: SqlSettings,
  descriptions: SchemaState['descriptions'],
): TypeSpelling {
  const there = ROW_TABLES.flatMap((table) => {
    const specs = UPSTREAM_COLUMNS[table].filter(({ source }) => source.from === 'field');
    return specs.flatMap((spec) => findColumn(spec, descriptions[table]?.columns ?? [])?.type ?? []);
  });
  const texts = there.length === 0 && columnTypes === 'dbsync2' ? [types.declareFormer('short')] : there;
  return types.beside?.(texts) ?? types;
}
