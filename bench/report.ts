import { availableParallelism, totalmem } from 'node:os';
import type { Baseline } from './bench-engine.ts';
import type { MeasuredRun } from './measured-run.ts';

export interface Measurement {
  readonly engine: string;
  readonly contacts: number;
  readonly rows: number;
  readonly first: MeasuredRun;
  /** Nothing had changed since the first. */
  readonly second: MeasuredRun;
  /** Null where it was not asked for. */
  readonly baseline: Baseline | null;
}

const HEADINGS = [
  'engine',
  'contacts',
  'rows',
  'db_init',
  'rows/s',
  "engine's own loader",
  'of its speed',
  'peak memory',
  'second db_init',
  'contacts fetched',
];

/** The figures as a Markdown table, which reads well on a terminal too. */
export function tableOf(measurements: readonly Measurement[]): string {
  const lines = [HEADINGS, ...measurements.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const [head = '', ...body] = lines.map((line) => row(line.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return [head, row(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

function cellsOf({ engine, contacts, rows, first, second, baseline }: Measurement): string[] {
  const rate = rows / first.seconds;
  const own = baseline === null ? null : rows / baseline.seconds;
  return [
    engine,
    whole(contacts),
    whole(rows),
    seconds(first.seconds),
    whole(rate),
    own === null ? 'not measured' : `${whole(own)} rows/s`,
    own === null ? '' : `${Math.round((100 * rate) / own)} %`,
    first.peakMegabytes === null ? 'unknown' : `${whole(first.peakMegabytes)} MB`,
    seconds(second.seconds),
    whole(second.contactsFetched),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

/** @param command what was called */
export function pageOf(measurements: readonly Measurement[], command: string): string {
  const loaders = new Map(
    measurements.flatMap(({ engine, baseline }) => (baseline ? [[engine, baseline.loader]] : [])),
  );
  return `# Performance

Measured by \`${command}\`, which writes this page, on ${machine()}. The simulated API, the database server and dbsync all share
these cores. Such figures drift from minute to minute: compare only within one run.

${tableOf(measurements)}

- **db_init** copies a whole campaign into an empty database, from the start of the process to its end: requests, rows,
  foreign keys, durable commits (fsync on, the server's default settings).
- **The engine's own loader** loads the very same rows into the same tables with their keys, indexes and foreign keys, in the
  same run: ${[...loaders].map(([engine, loader]) => `${engine} by ${loader}`).join('; ')}.
- **Peak memory** is the most that the dbsync process ever held.
- **The second db_init** runs when nothing has changed: it compares every contact and fetches none.
`;
}

function machine(): string {
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${availableParallelism()} cores and ${memory} GB under ${process.platform}, Node ${process.versions.node}`;
}
