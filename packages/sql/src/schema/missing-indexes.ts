import type { RowTable } from '@dbsync/core/contract';
import { REPORT_INDEXES, type ReportIndex } from '../columns/report-indexes.js';
import { findColumn } from '../columns/table-plan.js';
import { PARENT_COLUMNS, UPSTREAM_COLUMNS } from '../columns/upstream-columns.js';
import type { EngineIndexing } from '../engine/engine-indexing.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { ColumnDescription, TableDescription } from '../engine/table-description.js';
import { type NewIndex, plainIndex } from './create-tables.js';

/** An index for reports, or on a parent, with the columns as the table has them. */
export interface WantedIndex extends NewIndex {
  readonly columns: readonly string[];
}

/** The parts of the context that decide which indexes there are. */
export type IndexTarget = Pick<SqlContext, 'names' | 'settings'> & {
  readonly session: { readonly schema: { readonly indexing?: EngineIndexing } };
};

/** Returns the indexes for reports that these tables lack, without those that no index of the engine can have. */
export function missingIndexes(
  target: IndexTarget,
  descriptions: Readonly<Partial<Record<RowTable, TableDescription>>>,
): readonly WantedIndex[] {
  return REPORT_INDEXES.flatMap((index) => {
    const found = descriptions[index.table];
    const wanted = found === undefined ? null : wantedIndex(target, index, found.columns);
    return found === undefined || wanted === null || isServed(found, wanted.columns) ? [] : [wanted];
  });
}

/** True where the table lacks this one of {@link missingIndexes}. A table that is gone lacks none. */
export function lacksIndex(
  target: IndexTarget,
  { table, name }: WantedIndex,
  found: TableDescription | null | undefined,
): boolean {
  return found ? missingIndexes(target, { [table]: found }).some((missing) => missing.name === name) : false;
}

/**
 * Returns the index by which rows find their parent, as a table with these columns gets it: the one for reports that
 * begins with the same column, where there is one and the engine can have it. Null: the table has no parent.
 */
export function parentIndex(
  target: IndexTarget,
  table: RowTable,
  columns: readonly ColumnDescription[],
): WantedIndex | null {
  const link = PARENT_COLUMNS[table];
  if (link === undefined) return null;
  const served = REPORT_INDEXES.find((each) => each.table === table && each.columns[0] === link.column);
  const own = served === undefined ? null : wantedIndex(target, served, columns);
  if (own !== null) return own;
  const column = findColumn({ name: link.column }, columns)?.name ?? link.column;
  return { ...plainIndex(target, table, column), columns: [column] };
}

/** Returns an index for messages, such as `mcall_connections (user, started)`. */
export function shownIndex(
  { names }: Pick<SqlContext, 'names'>,
  { table, columns }: Pick<WantedIndex, 'table' | 'columns'>,
): string {
  return `${names[table]} (${columns.join(', ')})`;
}

function wantedIndex(
  { names, settings, session }: IndexTarget,
  { table, columns, suffix }: ReportIndex,
  described: readonly ColumnDescription[],
): WantedIndex | null {
  const { indexing } = session.schema;
  if (!settings.reportIndexes || indexing === undefined) return null;
  const found = columns.flatMap((column) => {
    const description = findColumn({ name: column }, described);
    const spec = UPSTREAM_COLUMNS[table].find(({ name }) => name === column);
    const part = description && indexing.partOf(description, spec?.kind ?? 'text');
    return description === undefined || part === undefined || part === null ? [] : [{ name: description.name, part }];
  });
  if (found.length < columns.length) return null;
  return {
    table,
    name: `${names[table]}_${suffix}`,
    columns: found.map(({ name }) => name),
    parts: found.map(({ part }) => part),
  };
}

/** True where an index begins with these columns. */
function isServed({ indexes }: TableDescription, columns: readonly string[]): boolean {
  return indexes.some((index) => columns.every((column, at) => index[at] === column));
}
