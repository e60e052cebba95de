import type { RowTable } from '@dbsync/core/contract';
import type { ForeignKey } from '../engine/table-description.js';
import type { MapRow } from './mapped-field.js';

/** One change that the tables need. `map` is the row of the column map that is written before it. */
export type SchemaStep =
  | { readonly step: 'create-table'; readonly table: RowTable }
  | { readonly step: 'unique' | 'index'; readonly table: RowTable; readonly column: string }
  | { readonly step: 'unlink'; readonly table: RowTable; readonly column: string; readonly key: ForeignKey }
  | ColumnStep<'add'>
  | ColumnStep<'widen'>
  | { readonly step: 'adopt'; readonly table: RowTable; readonly map: MapRow }
  | { readonly step: 'overflow'; readonly table: RowTable; readonly field: string; readonly why: string };

/** A step that changes the database. */
export type DueStep = Exclude<SchemaStep, { step: 'overflow' }>;

/** A new column, or a wider type for an existing one. */
export interface ColumnStep<Step extends 'add' | 'widen'> {
  readonly step: Step;
  readonly table: RowTable;
  readonly column: string;
  readonly type: string;
  readonly map: MapRow | null;
}
