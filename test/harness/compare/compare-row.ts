import type { TruthRow } from '@dbsync/simulator';
import type { Difference } from './difference.ts';
import { cellMeans } from './exact-cells.ts';
import { type ExactJson, sameJson } from './exact-json.ts';
import { type CopyColumns, type CopyRow, idColumnOf } from './stored-copy.ts';
import { parseOverflow } from './stored-overflow.ts';

/** Columns of the copy itself. */
const OURS = ['$changed', '$sync', '$overflow'];
/** Columns that repeat a field of the contact. */
const OF_CONTACT: Readonly<Record<string, readonly string[]>> = {
  transactions: ['campaign_id'],
  connections: ['campaign_id'],
};

/**
 * Compares a row with the truth. A field is read from `$overflow`, which wins where it has the key, then from its
 * column; a value that neither should hold must not be there.
 */
export function compareRow(line: TruthRow, row: CopyRow, columns: CopyColumns): Difference[] {
  const { table, id, derived } = line;
  const values = line.values as Record<string, ExactJson>;
  const overflow = overflowOf(row);
  const places = [idColumnOf(table), ...Object.keys(derived)];
  const used = new Set([...OURS, ...(OF_CONTACT[table] ?? []), ...places]);
  const differences: Difference[] = [];
  const differ = (column: string, expected: unknown, found: unknown) =>
    differences.push({ table, id, column, expected, found });

  for (const [column, value] of Object.entries(derived)) {
    if (row[column] !== value) differ(column, value, row[column]);
  }
  for (const [field, value] of Object.entries(values)) {
    const column = columns.columnOf(field);
    if (column !== undefined) used.add(column);
    if (Object.hasOwn(overflow, field)) {
      const kept = overflow[field] ?? null;
      if (value === null || !sameJson(kept, value)) differ(`$overflow.${field}`, value, kept);
    } else if (column === undefined || places.includes(column)) {
      if (value !== null && !isSaidByPlace(line, column, value)) differ(`$overflow.${field}`, value, undefined);
    } else if (!cellMeans(columns.kindOf(column), row[column], value)) differ(column, value, row[column]);
  }
  for (const [field, kept] of Object.entries(overflow)) {
    if (!Object.hasOwn(values, field)) differ(`$overflow.${field}`, undefined, kept);
  }
  for (const [column, cell] of Object.entries(row)) {
    if (cell !== null && !used.has(column)) differ(column, undefined, cell);
  }
  return differences;
}

/** True where a column of the row's place holds this value too; a transaction's `id` is its contact's. */
function isSaidByPlace(
  { table, id, contactId, derived }: TruthRow,
  column: string | undefined,
  value: ExactJson,
): boolean {
  if (column === undefined) return false;
  if (column !== idColumnOf(table)) return value === derived[column];
  return value === id || (table === 'transactions' && value === contactId);
}

function overflowOf(row: CopyRow): Record<string, ExactJson> {
  const text = row.$overflow ?? null;
  if (text === null) return {};
  return parseOverflow(String(text));
}
