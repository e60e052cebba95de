import type { TruthLine, TruthRow } from '@dbsync/simulator';
import { cellMeans } from './exact-cells.ts';
import { type ExactJson, isRecord, parseExact, sameJson } from './exact-json.ts';
import {
  COPY_TABLES,
  type CopyColumns,
  type CopyRow,
  type CopyTable,
  idColumnOf,
  type StoredCopy,
} from './stored-copy.ts';

/** One thing in which a copy differs from the truth. */
export interface Difference {
  readonly table: CopyTable;
  readonly id: string;
  /** Null: the row as a whole. */
  readonly column: string | null;
  /** `undefined`: nothing should be there. */
  readonly expected: unknown;
  /** `undefined`: nothing is there. */
  readonly found: unknown;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Rows that are there and should be, without those that are gone upstream. */
  readonly rows: number;
  /** Records that can be no rows. */
  readonly deadLetters: readonly Extract<TruthLine, { table: 'dead_letters' }>[];
}

/** The address of a truth, filter parameters and all; or its lines, as often as they are asked for. */
export type TruthSource = string | (() => AsyncIterable<TruthLine> | Iterable<TruthLine>);

const ROWS_AT_ONCE = 1000;
const MAX_DIFFERENCES = 50;

/**
 * Compares a copy cell by cell with what a perfect one holds: every row of the truth, no other one, each value exact. Rows
 * that the upstream has no more may be there or not. Memory stays flat: rows are read by their ids, a thousand at a time.
 */
export async function compareWithTruth(truth: TruthSource, copy: StoredCopy): Promise<Comparison> {
  const differences: Difference[] = [];
  const deadLetters: Comparison['deadLetters'][number][] = [];
  const found = new Map<CopyTable, number>(COPY_TABLES.map((table) => [table, 0]));
  const waiting = new Map<CopyTable, TruthRow[]>(COPY_TABLES.map((table) => [table, []]));
  let rows = 0;

  const compareWaiting = async (table: CopyTable, lines: readonly TruthRow[]) => {
    const stored = await copy.rowsOf(
      table,
      lines.map(({ id }) => id),
    );
    found.set(table, (found.get(table) ?? 0) + stored.length);
    const byId = Map.groupBy(stored, (row) => String(row[idColumnOf(table)]));
    for (const line of lines) {
      if (line.gone) continue;
      rows++;
      const [row, ...more] = byId.get(line.id) ?? [];
      if (more.length > 0)
        differences.push({ table, id: line.id, column: null, expected: 'one row', found: more.length + 1 });
      if (row) differences.push(...compareRow(line, row, copy.columns(table)));
      else differences.push({ table, id: line.id, column: null, expected: line.values, found: undefined });
    }
  };

  for await (const line of linesOf(truth)) {
    if (line.table === 'dead_letters') deadLetters.push(line);
    else {
      const lines = waiting.get(line.table) ?? [];
      if (lines.push(line) >= ROWS_AT_ONCE) await compareWaiting(line.table, lines.splice(0));
    }
    if (differences.length >= MAX_DIFFERENCES) break;
  }
  for (const [table, lines] of waiting) await compareWaiting(table, lines);
  for (const table of COPY_TABLES) {
    if (differences.length >= MAX_DIFFERENCES) break;
    if ((await copy.count(table)) !== found.get(table)) differences.push(...(await rowsTooMany(truth, copy, table)));
  }
  return { differences: differences.slice(0, MAX_DIFFERENCES), rows, deadLetters };
}

async function rowsTooMany(truth: TruthSource, copy: StoredCopy, table: CopyTable): Promise<readonly Difference[]> {
  const known = new Set<string>();
  for await (const line of linesOf(truth)) if (line.table === table) known.add(line.id);
  const differences: Difference[] = [];
  for await (const id of copy.ids(table)) {
    if (!known.has(id)) differences.push({ table, id, column: null, expected: undefined, found: 'a row' });
    if (differences.length >= MAX_DIFFERENCES) break;
  }
  return differences;
}

/** Where `$overflow` has a key, it alone counts for that field. */
function compareRow(line: TruthRow, row: CopyRow, columns: CopyColumns): Difference[] {
  const { table, id, derived } = line;
  const differences: Difference[] = [];
  const differ = (column: string, expected: unknown, found: unknown) =>
    differences.push({ table, id, column, expected, found });
  const overflow = overflowOf(row);
  const used = new Set(['$changed', '$sync', '$overflow', idColumnOf(table), ...Object.keys(derived)]);
  for (const [column, value] of Object.entries(derived)) {
    if (!Object.is(row[column] ?? null, value)) differ(column, value, row[column]);
  }
  for (const [field, value] of Object.entries(line.values as Record<string, ExactJson>)) {
    const column = columns.columnOf(field);
    const isPlace = column !== undefined && used.has(column);
    if (column !== undefined) used.add(column);
    if (Object.hasOwn(overflow, field)) {
      const kept = overflow[field] as ExactJson;
      if (value === null || !sameJson(kept, value)) differ(`$overflow.${field}`, value, kept);
    } else if (isPlace) {
      if (!isSaidByPlace(line, column, value)) differ(`$overflow.${field}`, value, undefined);
    } else if (column === undefined) {
      if (value !== null) differ(`$overflow.${field}`, value, undefined);
    } else if (!cellMeans(columns.kindOf(column), row[column], value)) differ(column, value, row[column]);
  }
  for (const field of Object.keys(overflow)) {
    if (!Object.hasOwn(line.values, field)) differ(`$overflow.${field}`, undefined, overflow[field]);
  }
  for (const [column, cell] of Object.entries(row))
    if (cell !== null && !used.has(column)) differ(column, undefined, cell);
  return differences;
}

/** Whether the columns that say where a row stands say this value too; a transaction's `id` is its contact's. */
function isSaidByPlace({ table, id, contactId, derived }: TruthRow, column: string, value: ExactJson): boolean {
  if (value === null) return true;
  if (column !== idColumnOf(table)) return value === derived[column];
  return value === id || (table === 'transactions' && value === contactId);
}

function overflowOf(row: CopyRow): Record<string, ExactJson> {
  const text = row.$overflow;
  if (text === null || text === undefined) return {};
  const overflow = parseExact(String(text));
  return isRecord(overflow) ? overflow : { '(no object)': overflow };
}

async function* linesOf(truth: TruthSource): AsyncGenerator<TruthLine> {
  if (typeof truth === 'string') yield* fetchLines(truth);
  else yield* truth();
}

async function* fetchLines(url: string): AsyncGenerator<TruthLine> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) throw new Error(`The truth answers ${response.status}.`);
  let rest = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield parseExact(line) as unknown as TruthLine;
  }
  if (rest !== '') throw new Error('The truth broke off.');
}
