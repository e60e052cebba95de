import { query } from '../harness/compare/query-rows.ts';
import type { Cells } from './view-truth.ts';

/** A row of a report by the names of its columns, each cell as text. */
export type ReportRow = Readonly<Record<string, string | null>>;

/** Runs a query as a reporting program does, and returns its rows. */
export async function reportRows(url: string, text: string): Promise<readonly ReportRow[]> {
  const { columns, rows } = await query(url, text);
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
}

/** The columns of views and reports that are numbers. */
const NUMBERS =
  /_(sec|hour|calls)$|^(transactions|successes|calls|answered|recordings|attempts|days_untouched|hours|contacts|most)$/;

/** Returns the row with numbers, of three digits behind the point, and times as the truth spells them. */
export function cellsOf(row: ReportRow): Cells {
  return Object.fromEntries(
    Object.entries(row).map(([name, cell]) => [name, cell === null ? null : cellOf(name, cell)]),
  );
}

function cellOf(name: string, cell: string): string | number {
  if (NUMBERS.test(name)) return Math.round(Number(cell) * 1000) / 1000;
  if (!/_(at|local)$/.test(name)) return cell;
  const [seconds = '', fraction = ''] = cell.split('.');
  return `${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}`;
}
