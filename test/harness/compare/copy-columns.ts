import type { ColumnKind } from './exact-cells.ts';
import { COPY_TABLES, type CopyColumns, type CopyRow, type CopyTable, copyColumns } from './stored-copy.ts';

/**
 * Returns the columns of each table.
 * @param map the rows of the map that the copy keeps beside its tables
 * @param kindsOf returns the kinds of the columns of a table, in their order
 */
export async function readCopyColumns(
  map: readonly CopyRow[],
  kindsOf: (table: CopyTable) => Promise<ReadonlyMap<string, ColumnKind>>,
): Promise<StoredCopyColumns> {
  const columns = new Map<CopyTable, CopyColumns>();
  for (const table of COPY_TABLES) {
    const ofTable = map.filter((row) => row.table_name === table);
    const fields = ofTable.map((row) => [JSON.parse(String(row.field)) as string, String(row.column_name)] as const);
    columns.set(table, copyColumns(table, await kindsOf(table), new Map(fields)));
  }
  return (table) => columns.get(table) as CopyColumns;
}

export type StoredCopyColumns = (table: CopyTable) => CopyColumns;

const IDS_AT_ONCE = 10_000;

/** Yields all ids of a table, in pages: `read` returns this number of ids after the last one, in its own order. */
export async function* idsByPages(
  read: (after: string, limit: number) => Promise<readonly unknown[]>,
): AsyncGenerator<string> {
  let last = '';
  for (;;) {
    const ids = await read(last, IDS_AT_ONCE);
    for (const id of ids) yield String(id);
    if (ids.length < IDS_AT_ONCE) return;
    last = String(ids.at(-1));
  }
}
