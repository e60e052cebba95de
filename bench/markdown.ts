/** Writes a Markdown table, which is readable on a terminal too. The first line holds the headings. */
export function markdownTable(lines: readonly (readonly string[])[]): string {
  const columns = lines[0]?.keys() ?? [];
  const widths = Array.from(columns, (column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const [head = '', ...body] = lines.map((line) => row(line.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return [head, row(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function megabytes(value: number | null): string {
  return value === null ? 'unknown' : `${whole(value)} MB`;
}

export function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

/** Returns a share of the speed of the reference for the same work. */
export function share(referenceSeconds: number, ownSeconds: number): string {
  return `${Math.round((100 * referenceSeconds) / ownSeconds)} %`;
}
