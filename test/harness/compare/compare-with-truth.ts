import type { TruthDeadLetter, TruthRow } from '@dbsync/simulator';
import { compareDeadLetters } from './compare-dead-letters.ts';
import { compareRow } from './compare-row.ts';
import type { Difference } from './difference.ts';
import { COPY_TABLES, type CopyTable, idColumnOf, type StoredCopy } from './stored-copy.ts';
import { type TruthSource, truthLines } from './truth-source.ts';

export interface Comparison {
  /** The first fifty differences. */
  readonly differences: readonly Difference[];
  /** Rows that should be there, without those that are gone upstream. */
  readonly rows: number;
  /** Records that can be no rows. */
  readonly deadLetters: readonly TruthDeadLetter[];
}

const ROWS_AT_ONCE = 1000;
const MAX_DIFFERENCES = 50;

/**
 * Compares a copy cell by cell with a perfect one: every row of the truth, no other row, each value exact, and a dead
 * letter for every record that cannot be a row. Rows that the upstream no longer has may be there or not. Memory stays
 * flat: rows are read by their ids, a thousand at a time.
 */
export async function compareWithTruth(truth: TruthSource, copy: StoredCopy): Promise<Comparison> {
  const differences: Difference[] = [];
  const deadLetters: TruthDeadLetter[] = [];
  const stored = await copy.deadLetters();
  const aside = new Set(stored.map(({ contactId }) => contactId));
  const present = new Set<string>();
  const found = new Map<CopyTable, number>();
  let rows = 0;

  for await (const lines of batches(truth, deadLetters)) {
    const { table } = lines[0];
    const ofCopy = await copy.rowsOf(
      table,
      lines.map(({ id }) => id),
    );
    found.set(table, (found.get(table) ?? 0) + ofCopy.length);
    const byId = Map.groupBy(ofCopy, (row) => String(row[idColumnOf(table)]));
    for (const line of lines) {
      if (line.gone) continue;
      rows++;
      if (table === 'contacts' && aside.has(line.id)) present.add(line.id);
      const [row, ...more] = byId.get(line.id) ?? [];
      if (!row) differences.push({ table, id: line.id, column: null, expected: line.values, found: undefined });
      else if (more.length > 0)
        differences.push({ table, id: line.id, column: null, expected: 'one row', found: 'more' });
      else differences.push(...compareRow(line, row, copy.columns(table)));
    }
    if (differences.length >= MAX_DIFFERENCES)
      return { differences: differences.slice(0, MAX_DIFFERENCES), rows, deadLetters };
  }
  for (const table of COPY_TABLES) {
    if ((await copy.count(table)) !== (found.get(table) ?? 0))
      differences.push(...(await rowsTooMany(truth, copy, table)));
  }
  differences.push(...compareDeadLetters(deadLetters, stored, (contactId) => present.has(contactId)));
  return { differences: differences.slice(0, MAX_DIFFERENCES), rows, deadLetters };
}

/** Yields rows of one table at a time; dead letters are collected. */
async function* batches(
  truth: TruthSource,
  deadLetters: TruthDeadLetter[],
): AsyncGenerator<readonly [TruthRow, ...TruthRow[]]> {
  const waiting = new Map<CopyTable, TruthRow[]>(COPY_TABLES.map((table) => [table, []]));
  for await (const line of truthLines(truth)) {
    if (line.table === 'dead_letters') {
      deadLetters.push(line);
      continue;
    }
    const lines = waiting.get(line.table);
    if ((lines?.push(line) ?? 0) < ROWS_AT_ONCE) continue;
    yield* whole(lines?.splice(0));
  }
  for (const lines of waiting.values()) yield* whole(lines);
}

function* whole([first, ...more]: readonly TruthRow[] = []): Generator<readonly [TruthRow, ...TruthRow[]]> {
  if (first) yield [first, ...more];
}

async function rowsTooMany(truth: TruthSource, copy: StoredCopy, table: CopyTable): Promise<readonly Difference[]> {
  const known = new Set<string>();
  for await (const line of truthLines(truth)) if (line.table === table) known.add(line.id);
  const differences: Difference[] = [];
  for await (const id of copy.ids(table)) {
    if (!known.has(id)) differences.push({ table, id, column: null, expected: undefined, found: 'a row' });
    if (differences.length >= MAX_DIFFERENCES) break;
  }
  return differences;
}
