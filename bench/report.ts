import { availableParallelism, totalmem } from 'node:os';
import type { Baseline } from './bench-engine.ts';
import type { DeliveriesMeasurement } from './deliveries.ts';
import type { MeasuredRun } from './measured-run.ts';

export interface Measurement {
  readonly engine: string;
  readonly contacts: number;
  readonly rows: number;
  readonly first: MeasuredRun;
  /** The second run, with no changes since the first. */
  readonly second: MeasuredRun;
  /** The loader's result; null where it was not asked for. */
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

const DELIVERY_HEADINGS = [
  'deliveries',
  'each',
  'at once',
  'took',
  'a second',
  'bare requests',
  'of their speed',
  'peak memory',
];

/** Writes the figures as a Markdown table, which is readable on a terminal too. */
export function tableOf(measurements: readonly Measurement[]): string {
  return markdownTable([HEADINGS, ...measurements.map(cellsOf)]);
}

export function deliveryTableOf(deliveries: DeliveriesMeasurement): string {
  const { messages, bytesEach, concurrency, seconds: took, peakMegabytes, bareSeconds } = deliveries;
  const cells = [
    whole(messages),
    `${whole(bytesEach)} bytes`,
    whole(concurrency),
    seconds(took),
    whole(messages / took),
    `${whole(messages / bareSeconds)} a second`,
    share(bareSeconds, took),
    megabytes(peakMegabytes),
  ];
  return markdownTable([DELIVERY_HEADINGS, cells]);
}

function markdownTable(lines: readonly (readonly string[])[]): string {
  const columns = lines[0]?.keys() ?? [];
  const widths = Array.from(columns, (column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const [head = '', ...body] = lines.map((line) => row(line.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return [head, row(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}

function cellsOf({ engine, contacts, rows, first, second, baseline }: Measurement): string[] {
  return [
    engine,
    whole(contacts),
    whole(rows),
    seconds(first.seconds),
    whole(rows / first.seconds),
    baseline === null ? 'not measured' : `${whole(rows / baseline.seconds)} rows/s`,
    baseline === null ? '' : share(baseline.seconds, first.seconds),
    megabytes(first.peakMegabytes),
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

function megabytes(value: number | null): string {
  return value === null ? 'unknown' : `${whole(value)} MB`;
}

/** Returns a share of the speed of the reference for the same work. */
function share(referenceSeconds: number, ownSeconds: number): string {
  return `${Math.round((100 * referenceSeconds) / ownSeconds)} %`;
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

export interface Report {
  readonly measurements: readonly Measurement[];
  readonly deliveries: DeliveriesMeasurement;
  /** The command line of the run. */
  readonly command: string;
}

export function pageOf({ measurements, deliveries, command }: Report): string {
  const loaders = measurements.flatMap(({ engine, baseline }) => (baseline ? [`${engine} by ${baseline.loader}`] : []));
  return `# Performance

Measured by

    ${command}

which writes this page, on ${machine()}. The simulated API, the database server, the
receiver of deliveries and dbsync share these cores. Such figures drift from minute to minute: compare only within one run.

## A first copy

${tableOf(measurements)}

- **db_init** copies a whole campaign into an empty database, from the start of the process to its end: requests, rows,
  foreign keys, durable commits (fsync on, the server's default settings).
- **The engine's own loader** loads the very same rows into the same tables with their keys, indexes and foreign keys, in the
  same run:
${[...new Set(loaders)].map((loader) => `  - ${loader}`).join('\n')}
- **Peak memory** is the most that the dbsync process ever held.
- **The second db_init** runs when nothing has changed: it compares every contact and fetches none.

## Deliveries

${deliveryTableOf(deliveries)}

- **Deliveries** wait in the outbox when dbsync starts, and are POSTed by mode \`webhook\`, its limit of speed lifted, to a
  receiver in another process. Each is marked and settled on the disk (fsync on), and those of a contact keep their order.
- **Bare requests** are as many and as large, sent by \`node:http\` with as many at once, and nothing is kept of them.
`;
}

function machine(): string {
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${availableParallelism()} cores and ${memory} GB under ${process.platform}, Node ${process.versions.node}`;
}
