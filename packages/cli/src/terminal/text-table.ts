import { printableLine } from './printable.js';

/** Writes columns as wide as their widest cell, two blanks between them, numbers aligned to the right. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  format: (value: number) => string = String,
): readonly string[] {
  const cells = [
    head,
    ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? format(cell) : printableLine(cell)))),
  ];
  const isNumeric = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        isNumeric[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const [first = [], ...others] = cells;
  return [line(first), widths.map((width) => '-'.repeat(width)).join('  '), ...others.map(line)];
}
