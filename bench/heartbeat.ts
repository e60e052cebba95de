// node bench/heartbeat.ts [--cycles 300] [--contacts 1000] [--engines sqlite,postgres,mariadb]
// Measures the heartbeat of a daemon, one UPDATE a cycle, and the rest of a cycle in which nothing has changed, by turns in one
// process; prints the table of docs/monitoring.md.
import { parseArgs } from 'node:util';
import { clockTicker, guardStore, run, systemClock } from '@dbsync/core';
import type { StoreSink } from '@dbsync/core/contract';
import { createSink as mysqlSink } from '@dbsync/sink-mysql';
import { createSink as postgresSink } from '@dbsync/sink-postgres';
import { createSink as sqliteSink } from '@dbsync/sink-sqlite';
import { serverTarget } from '../test/harness/servers/server-target.ts';
import { sqliteTarget } from '../test/harness/sqlite-subject.ts';
import { openEngine } from './bench-engines.ts';
import { markdownTable, share } from './markdown.ts';
import { measureInit } from './measured-run.ts';
import { type SimulatorProcess, startSimulatorProcess } from './simulator-process.ts';

const SINKS: Readonly<Record<string, (url: string) => StoreSink>> = {
  sqlite: (url) => guardStore(storeOf(sqliteSink(sqliteTarget(url.replace('sqlite:', ''))))),
  postgres: (url) => guardStore(postgresSink(serverTarget(url))),
  mariadb: (url) => guardStore(mysqlSink(serverTarget(url))),
};
/** A daemon that does nothing but cycles: so short an interval shows their cost and not the wait between them. */
const INTERVAL_MS = 50;
const TICK_MS = 10;
/** Turns of the two parts, so that a machine that grows slower burdens both. */
const TURNS = 5;
const LEASE_MS = 30_000;
const PLAN = 'columns=native fields=100';
const NEVER = new AbortController().signal;

/** The cost of one call or cycle. The CPU time is that of dbsync alone, without the server's. */
interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
}

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '300' },
    contacts: { type: 'string', default: '1000' },
    engines: { type: 'string', default: Object.keys(SINKS).join(',') },
  },
});

const rows = [['engine', 'rest of an idle cycle', 'its CPU', 'heartbeat', 'its CPU', 'of the time', 'of the CPU']];
for (const name of values.engines.split(',')) {
  await using simulator = await startSimulatorProcess(Number(values.contacts));
  await using engine = await openEngine(name);
  await measureInit({ ...simulator, target: engine.target });
  const count = Math.ceil(Number(values.cycles) / TURNS);
  const [cycles, heartbeats]: Cost[][] = [[], []];
  for (let turn = 0; turn < TURNS; turn++) {
    cycles?.push(await measureCycles(createStore(name, engine.target), simulator, count));
    heartbeats?.push(await measureHeartbeats(createStore(name, engine.target), simulator.campaign, count));
  }
  const [cycle, heartbeat] = [meanOf(cycles ?? []), meanOf(heartbeats ?? [])];
  rows.push([
    engine.name,
    ...[cycle.ms, cycle.cpuMs, heartbeat.ms, heartbeat.cpuMs].map((ms) => `${ms.toFixed(2)} ms`),
    share(heartbeat.ms, cycle.ms + heartbeat.ms),
    share(heartbeat.cpuMs, cycle.cpuMs + heartbeat.cpuMs),
  ]);
}
console.log(markdownTable(rows));

/** Runs cycles of a daemon without heartbeats, since nothing changes, and takes their mean. */
async function measureCycles(
  store: StoreSink,
  { apiUrl, campaign, token }: SimulatorProcess,
  count: number,
): Promise<Cost> {
  const stopping = new AbortController();
  let [cycles, ms] = [0, 0];
  let started = process.cpuUsage();
  let cpu = started;
  const settings = {
    ...({ mode: 'db_sync', campaign, token, apiUrl, since: null, filter: { mode: 'all', prefixes: [] } } as const),
    ...{ intervalMs: INTERVAL_MS, requestConcurrency: 8, contactsPerRequest: null, leaseMs: LEASE_MS, delivery: null },
    sink: { store: withoutHeartbeats(store), target: 'bench', plan: PLAN },
  };
  await run(settings, {
    signal: stopping.signal,
    observe: (event) => {
      if (event.type !== 'cycle') return;
      cycles += 1;
      // The first cycle has the listing of a start.
      if (cycles === 1) started = process.cpuUsage();
      else ms += event.tookMs;
      if (cycles <= count) return;
      cpu = process.cpuUsage(started);
      stopping.abort();
    },
    ...{ clock: systemClock, storeClock: systemClock, ticker: clockTicker(systemClock, TICK_MS) },
  });
  return { ms: ms / count, cpuMs: millisecondsOf(cpu) / count };
}

/** Keeps the heartbeat of a stream again and again, as a daemon does once a cycle. */
async function measureHeartbeats(store: StoreSink, stream: string, count: number): Promise<Cost> {
  await store.open({ signal: NEVER });
  const holder = { host: 'bench', bootId: '', pid: process.pid, startedAt: '' };
  const answer = await store.claim(stream, PLAN, { leaseMs: LEASE_MS, process: holder, signal: NEVER });
  if (!answer.granted || store.reporting === undefined) throw new Error('The stream is held by another process.');
  const keep = (nr: number) => store.reporting?.keepHeartbeat(answer.claim, heartbeatOf(nr), { signal: NEVER });
  await keep(0);
  const [started, startedCpu] = [performance.now(), process.cpuUsage()];
  for (let nr = 1; nr <= count; nr++) await keep(nr);
  const [ms, cpu] = [performance.now() - started, process.cpuUsage(startedCpu)];
  await store.release(answer.claim, { signal: NEVER });
  await store.close();
  return { ms: ms / count, cpuMs: millisecondsOf(cpu) / count };
}

/** A heartbeat of the usual length. */
function heartbeatOf(nr: number): string {
  const cycle = { agoMs: 12, tookMs: 40 + nr, contacts: 0 };
  const none = { copied: null, filling: null, trouble: null };
  return JSON.stringify({ mode: 'db_sync', intervalMs: 60_000, heldMs: nr, lagMs: 412, cycle, ...none });
}

function withoutHeartbeats(store: StoreSink): StoreSink {
  return new Proxy(store, { get: (target, key) => (key === 'reporting' ? undefined : Reflect.get(target, key)) });
}

function storeOf(sink: ReturnType<typeof sqliteSink>): StoreSink {
  if (sink.kind !== 'store') throw new TypeError('The sink of SQLite is a store.');
  return sink;
}

function createStore(name: string, url: string): StoreSink {
  const create = SINKS[name];
  if (create === undefined) throw new Error(`No engine ${name}: ${Object.keys(SINKS).join(', ')}.`);
  return create(url);
}

function millisecondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}

function meanOf(costs: readonly Cost[]): Cost {
  const mean = (part: keyof Cost) => costs.reduce((sum, cost) => sum + cost[part], 0) / costs.length;
  return { ms: mean('ms'), cpuMs: mean('cpuMs') };
}
