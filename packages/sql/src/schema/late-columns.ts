import type { RowTable } from '@dbsync/core/contract';
import { findColumn } from '../columns/table-plan.js';
import { type ColumnSpec, mappedField, UPSTREAM_COLUMNS } from '../columns/upstream-columns.js';
import type { EngineTypes } from '../engine/sql-engine.js';
import type { ColumnTypes } from '../engine/storage.js';
import type { ColumnDescription } from '../engine/table-description.js';
import { type MappedColumn, type MapRow, mapRowOf } from './mapped-field.js';
import type { ColumnStep, SchemaStep } from './schema-steps.js';

/** Returns the columns that a new table gets: in the layout of the old client it has none of those that came later. */
export function columnsOfNewTable(table: RowTable, mode: ColumnTypes): readonly ColumnSpec[] {
  return UPSTREAM_COLUMNS[table].filter(({ isLate }) => !isLate || mode !== 'dbsync2');
}

/**
 * True for a table in the layout of the old client, whose times of changes are short texts. Other programs know its
 * columns, so it gets none beside its own but those that every row needs.
 */
export function isFormerTable(
  columns: readonly ColumnDescription[],
  { storageOf }: Pick<EngineTypes, 'storageOf'>,
): boolean {
  const changed = findColumn({ name: '$changed' }, columns);
  const storage = changed && storageOf(changed.type, 'instant');
  return storage?.holds === 'text' && storage.maxLength !== null;
}

/**
 * Plans a late column. The map's row is written before the column is made, so a column that the map does not have belongs
 * to another program, and is left alone; unless the table has all late columns, and the map none of them: then the map lost
 * its rows.
 *
 * @param add the step that makes it
 * @param columns of the table
 */
export function lateStep(
  add: ColumnStep<'add'>,
  columns: readonly ColumnDescription[],
  map: readonly MappedColumn[],
  isFormer: boolean,
): readonly SchemaStep[] {
  const { table, column, map: row } = add;
  const isThere = findColumn({ name: column }, columns) !== undefined;
  const isMapped = map.some((mapped) => mapped.table === table && mapped.field === row?.field);
  if (isMapped || row === null) return isThere ? [] : [add];
  if (isFormer) return [];
  if (!isThere) return [add];
  if (isMapLost(table, columns, map)) return [{ step: 'adopt', table, map: row }];
  return [{ step: 'overflow', table, field: row.field, why: `another program has made a column ${column}` }];
}

function isMapLost(table: RowTable, columns: readonly ColumnDescription[], map: readonly MappedColumn[]): boolean {
  const late = UPSTREAM_COLUMNS[table].filter(({ isLate }) => isLate);
  const fields = new Set(late.map(mappedField));
  if (map.some((mapped) => mapped.table === table && fields.has(mapped.field))) return false;
  return late.every((spec) => findColumn(spec, columns) !== undefined);
}

/** Returns the rows of the map for the late columns of a new table. */
export function lateRows(table: RowTable, mode: ColumnTypes): readonly MapRow[] {
  return columnsOfNewTable(table, mode).flatMap((spec) => (spec.isLate && mapRowOf(spec, spec.name)) || []);
}
