import { availableParallelism, totalmem } from 'node:os';
import type { Baseline } from './bench-engine.ts';
import { STAGES } from './cpu-stages.ts';
import type { DeliveriesMeasurement } from './deliveries.ts';
import { markdownTable, megabytes, seconds, share, whole } from './markdown.ts';
import type { CpuMeasurement } from './measured-cpu.ts';
import type { MeasuredRun } from './measured-run.ts';

export interface Measurement {
  readonly engine: string;
  readonly contacts: number;
  readonly rows: number;
  readonly first: MeasuredRun;
  /** The second run, with no changes since the first; null where it was not asked for. */
  readonly second: MeasuredRun | null;
  /** The result of the engine's own way; null where it was not asked for. */
  readonly baseline: Baseline | null;
  /** The parts of the first run's CPU time; null where they were not asked for. */
  readonly cpu: CpuMeasurement | null;
}

const COPY_HEADINGS = [
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

const CPU_HEADINGS = ['engine', 'rows', 'CPU a row', 'fetch + JSON.parse', 'multiple', ...STAGES, 'peak memory'];

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

export function copyTableOf(measurements: readonly Measurement[]): string {
  return markdownTable([COPY_HEADINGS, ...measurements.map(copyCells)]);
}

function copyCells({ engine, contacts, rows, first, second, baseline }: Measurement): string[] {
  return [
    engine,
    whole(contacts),
    whole(rows),
    seconds(first.seconds),
    whole(rows / first.seconds),
    ...loaderCells(baseline, rows, first),
    megabytes(first.peakMegabytes),
    second === null ? 'not measured' : seconds(second.seconds),
    second === null ? '' : whole(second.contactsFetched),
  ];
}

function loaderCells(baseline: Baseline | null, rows: number, first: MeasuredRun): readonly string[] {
  if (baseline === null) return ['not measured', ''];
  if (!baseline.isLoader) return ['it has none', ''];
  return [`${whole(rows / baseline.seconds)} rows/s`, share(baseline.seconds, first.seconds)];
}

export function cpuTableOf(measurements: readonly Measurement[]): string {
  return markdownTable([CPU_HEADINGS, ...measurements.flatMap(cpuCells)]);
}

function cpuCells({ engine, rows, first, cpu }: Measurement): readonly string[][] {
  if (cpu === null) return [];
  const aRow = (cpuSeconds: number) => `${((cpuSeconds * 1e6) / rows).toFixed(1)} µs`;
  const stages = STAGES.map((stage) => aRow((cpu.stages.get(stage) ?? 0) * first.cpuSeconds));
  const multiple = (first.cpuSeconds / cpu.bareSeconds).toFixed(1);
  const cells = [engine, whole(rows), aRow(first.cpuSeconds), aRow(cpu.bareSeconds), multiple];
  return [[...cells, ...stages, megabytes(first.peakMegabytes)]];
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

export interface Report {
  readonly measurements: readonly Measurement[];
  readonly deliveries: DeliveriesMeasurement;
  /** The command line of the run. */
  readonly command: string;
}

export function pageOf({ measurements, deliveries, command }: Report): string {
  return `# Performance

Measured by

    ${command}

which writes this page, on ${machine()}. The simulated API, the database server, the
receiver of deliveries and dbsync share these cores. Such figures drift from minute to minute: compare only within one run.

## A first copy

${copyTableOf(measurements)}

- **db_init** copies a whole campaign into an empty database, from the start of the process to its end: requests, rows,
  foreign keys, durable commits (fsync on, the server's default settings).
- **The engine's own loader** loads the very same rows into the same tables with their keys, indexes and foreign keys, in the
  same run:
${listOf(measurements.flatMap(loaderOf))}
${measurements.flatMap(rowByRow).join('')}- **Peak memory** is the most that the dbsync process ever held.
- **The second db_init** runs when nothing has changed: it compares every contact and fetches none.

## CPU time

${cpuTableOf(measurements)}

${CPU_NOTES}

## Deliveries

${deliveryTableOf(deliveries)}

- **Deliveries** wait in the outbox when dbsync starts, and are POSTed by mode \`webhook\`, its limit of speed lifted, to a
  receiver in another process. Each is marked and settled on the disk (fsync on), and those of a contact keep their order.
- **Bare requests** are as many and as large, sent by \`node:http\` with as many at once, and nothing is kept of them.
`;
}

/** Explains the columns of the table about CPU time. */
export const CPU_NOTES = `- **CPU a row** is the CPU time of the whole dbsync process in the first copy, with all its threads, over the rows. The work of
  a database server is not in it; that of SQLite is, since SQLite runs inside the process.
- **fetch + JSON.parse** is the CPU time of a process that reads the same bodies from the same simulated API, parses them and
  keeps nothing: the least that a copy costs in this language. **Multiple** is the first over the second.
- **The stages** are shares of a second copy under V8's profiler, where time counts for the stage that called: **start**
  (loading of modules), **fetch** (requests and their answers), **parse**, **transform** (bodies to records with ids),
  **encode** (records to the cells and bytes of the database), **write** (statements, connections; all of SQLite), **GC**,
  **rest**. \`npm run bench -- --cpu\` measures this table alone.`;

function loaderOf({ engine, rows, first, baseline }: Measurement): readonly string[] {
  if (!baseline?.isLoader) return [];
  const { way, byKeySeconds } = baseline;
  if (byKeySeconds === undefined) return [`${engine} by ${way}`];
  return [
    `${engine} by ${way}. In the order of their keys it takes ${whole(rows / byKeySeconds)} rows/s, and db_init has
    ${share(byKeySeconds, first.seconds)} of that speed.`,
  ];
}

/** Compares the copy with plain INSERTs, where the engine has no loader. */
function rowByRow({ engine, rows, first, baseline }: Measurement): readonly string[] {
  if (baseline === null || baseline.isLoader) return [];
  const times = (baseline.seconds / first.seconds).toFixed(0);
  return [
    `- **${engine}** has no loader that takes rows from a client. By ${baseline.way} it takes ${whole(rows / baseline.seconds)} rows/s;
  db_init is ${times} times as fast.\n`,
  ];
}

function listOf(items: readonly string[]): string {
  return [...new Set(items)].map((item) => `  - ${item}`).join('\n');
}

function machine(): string {
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${availableParallelism()} cores and ${memory} GB under ${process.platform}, Node ${process.versions.node}`;
}
