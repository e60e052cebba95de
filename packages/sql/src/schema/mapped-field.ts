import { isFields, jsonOrNull, type RowTable } from '@dbsync/core/contract';
import { foldedName } from '../columns/column-names.js';
import type { CustomColumn } from '../columns/table-plan.js';
import { type ColumnSpec, mappedField } from '../columns/upstream-columns.js';

/** A row of `sync_columns`. */
export interface MappedColumn extends CustomColumn {
  readonly table: RowTable;
  readonly folded: string;
  /** True once the values that rows kept in overflow have been moved into the column. */
  readonly filled: boolean;
}

/** The parts of such a row by which a column is entered. */
export type MapRow = Pick<MappedColumn, 'field' | 'column' | 'folded'>;

/** Returns the map's row, so that values of the field which rows have in overflow are moved into the column. */
export function mapRowOf(spec: ColumnSpec, column: string): MapRow | null {
  const field = mappedField(spec);
  return field === null ? null : { field, column, folded: foldedName(column) };
}

/**
 * Writes the field of a row of the column map. A `$` field in a table below the contacts is one of the contact, and is an
 * object: releases before read it as no field, and leave its column alone. As a field it would be NULL in each row that
 * they write.
 */
export function fieldCell(table: RowTable, field: string): string {
  const isOfContact = table !== 'contacts' && field.startsWith('$');
  return JSON.stringify(isOfContact ? { contact: field } : field);
}

/** Reads it; null where the cell names no field (R36). */
export function fieldIn(cell: string): string | null {
  const value = jsonOrNull(cell);
  if (value !== null && isFields(value)) return typeof value.contact === 'string' ? value.contact : null;
  return typeof value === 'string' ? value : null;
}

/** Returns the text; null where the cell is no JSON of a text. */
export function textIn(cell: string): string | null {
  const value = jsonOrNull(cell);
  return typeof value === 'string' ? value : null;
}
