// node bench/reports.ts [--contacts 20000] [--engines sqlite,postgres,mariadb]
// Measures a first copy without and with the indexes for reports, then a second campaign into the same tables, whose rows go the way
// of each later change, by the clock and by the CPU time of dbsync; each report of examples/reports, of a week where it has a period, and dbsync
// report of that week. Prints the tables of docs/databases.md.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { reportQuestions, withDays } from '../scripts/report-questions.ts';
import { query } from '../test/harness/compare/query-rows.ts';
import { OWN_ENGINES, openEngine } from './bench-engines.ts';
import { markdownTable, seconds, share } from './markdown.ts';
import { COMMAND, measureInit } from './measured-run.ts';
import { startSimulatorProcess } from './simulator-process.ts';

/** The last whole week, in which the simulated campaign has calls. */
const WEEK = { first: dayBefore(7), end: dayBefore(0) };
const REPORTS = reportQuestions().map(({ name, query: text }) => [name, withDays(text, WEEK)] as const);
/** The row of the page that `dbsync report` draws. */
const PAGE = 'dbsync report';
/** The way is changed in the middle, so that a machine that grows slower burdens both. */
const ORDER = [false, true, true, false];
/** The number of counts, of which the fastest is taken: the first one reads from the disk. */
const TIMES = 3;

const { values } = parseArgs({
  options: {
    contacts: { type: 'string', default: '20000' },
    engines: { type: 'string', default: Object.keys(OWN_ENGINES).join(',') },
  },
});

const copies = [
  [
    'engine',
    ...['first copy', 'later rows', 'CPU time of later rows'].flatMap((what) => [
      `${what} without`,
      'with',
      'of the speed',
    ]),
  ],
];
const reports = new Map([...REPORTS.map(([report]) => report), PAGE].map((report) => [report, [report]]));
const heads = ['report'];
await using simulator = await startSimulatorProcess(Number(values.contacts));
await using second = await startSimulatorProcess(Number(values.contacts), 2);
for (const name of values.engines.split(',')) {
  const took = { first: [0, 0], later: [0, 0], laterCpu: [0, 0] };
  let engineName = name;
  for (const [index, isIndexed] of ORDER.entries()) {
    await using engine = await openEngine(name);
    engineName = engine.name;
    const options = isIndexed ? [] : ['--report-indexes', 'false'];
    const way = Number(isIndexed);
    for (const [part, campaign] of [
      ['first', simulator],
      ['later', second],
    ] as const) {
      const run = await measureInit({ ...campaign, target: engine.target, options });
      took[part][way] = (took[part][way] ?? 0) + run.seconds / 2;
      if (part === 'later') took.laterCpu[way] = (took.laterCpu[way] ?? 0) + run.cpuSeconds / 2;
      console.error(`${name}, ${part} rows ${isIndexed ? 'with' : 'without'} indexes: ${seconds(run.seconds)}`);
    }
    if (ORDER.lastIndexOf(isIndexed) !== index) continue;
    heads.push(`${name} ${isIndexed ? 'with' : 'without'}`);
    for (const [report, time] of await measureReports(engine.target, isIndexed)) reports.get(report)?.push(time);
  }
  copies.push([
    engineName,
    ...Object.values(took).flatMap(([without = 0, withIndexes = 0]) => compared(without, withIndexes)),
  ]);
}
console.log(`${markdownTable(copies)}\n\n${markdownTable([heads, ...reports.values()])}`);

function compared(without: number, withIndexes: number): readonly string[] {
  return [seconds(without), seconds(withIndexes), share(without, withIndexes)];
}

/** Returns the time of each report, from the connection on; that of the page is from the start of the process on. */
async function measureReports(target: string, isIndexed: boolean): Promise<readonly (readonly [string, string])[]> {
  const options = ['--report-indexes', String(isIndexed), '--url', target];
  const { campaign, token, apiUrl } = simulator;
  const env = { ...process.env, DBSYNC_TOKEN: token, DBSYNC_API_URL: apiUrl, DBSYNC_CAMPAIGN: campaign };
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, 'views', 'install', ...options], { env });
  if (status !== 0) throw new Error(String(stderr));
  const found: (readonly [string, string])[] = [];
  for (const [report, text] of REPORTS) found.push([report, await fastest(() => query(target, text))]);
  const period = ['--since', WEEK.first, '--until', dayBefore(1)];
  const page = ['report', '--json', ...period, '--url', target];
  found.push([PAGE, await fastest(() => spawnSync(process.execPath, [COMMAND, ...page], { env }))]);
  return found;
}

async function fastest(work: () => unknown): Promise<string> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < TIMES; time += 1) {
    const started = performance.now();
    await work();
    least = Math.min(least, performance.now() - started);
  }
  return `${Math.round(least)} ms`;
}

function dayBefore(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}
