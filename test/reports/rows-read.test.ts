import { startSimulator } from '@dbsync/simulator';
import { createConnection } from 'mysql2/promise';
import { expect, it, onTestFinished } from 'vitest';
import { reportQuestions, withDays } from '../../scripts/report-questions.ts';
import { dbsync } from '../harness/command/copy-commands.ts';
import { query, queryRows } from '../harness/compare/query-rows.ts';
import { plainAddress } from '../harness/servers/plain-address.ts';
import { DISTINCT_ENGINES, ENGINES, type EngineName, openTargets } from '../harness/targets.ts';

const TABLES = ['contacts', 'transactions', 'connections', 'recordings', 'inbound_calls'];

/**
 * A report reads each row a few times, for several columns of its views. A join that reads a table again for each row reads hundreds of
 * times as many.
 */
const TIMES = 20;

/** Queries of other programs, with the conditions that the planner of PostgreSQL takes for dear. */
const OWN = [
  'SELECT count(*) FROM mcall_v_calls WHERE started_day IS NOT NULL AND talk_sec > 0 AND recordings = 0 AND remote_number IS NOT NULL',
  "SELECT count(*) FROM mcall_v_calls WHERE recording IS NULL AND talk_sec > 0 AND outcome = 'success' AND wrapup_sec >= 0",
];

/** Times of dbsync2 are texts on each engine: MySQL has them as MariaDB does. */
const TYPES = { native: ENGINES, dbsync2: DISTINCT_ENGINES } as const;

for (const [types, engines] of Object.entries(TYPES)) {
  for (const engine of engines.filter((name) => name !== 'mssql')) {
    it(`${engine}: without indexes for reports, no report of two campaigns reads a table once a row in ${types} tables`, async () => {
      const first = await startSimulator({ contacts: 300, inboundCalls: 60, historyDays: 30 });
      onTestFinished(() => first.close());
      const second = await startSimulator({
        contacts: 300,
        inboundCalls: 60,
        historyDays: 30,
        seed: 2,
        campaign: 'SECOND',
      });
      onTestFinished(() => second.close());
      await using targets = await openTargets(engine);
      await using target = await targets.create();
      const options = ['--column-types', types, '--report-indexes', 'false'];
      for (const simulator of [first, second]) {
        expect(await dbsync(simulator, target, ['--mode', 'db_init', ...options])).toMatchObject({ code: 0 });
      }
      expect(await dbsync(first, target, ['views', 'install', ...options])).toMatchObject({ code: 0 });
      const dayBefore = (days: number) => new Date(first.historyEndMs - days * 86_400_000).toISOString().slice(0, 10);
      const days = { first: dayBefore(7), end: dayBefore(0) };
      const texts = [...reportQuestions().map((report) => withDays(report.query, days)), ...OWN];
      for (const text of texts) {
        if (engine === 'sqlite') expect(await rescannedTables(target.url, text), text).toEqual([]);
        else expect(await rowsRead(engine, target.url, text), text).toBeLessThan(TIMES * (await rowsOf(target.url)));
      }
    });
  }
}

async function rowsOf(url: string): Promise<number> {
  const counts = TABLES.map((table) => `(SELECT count(*) FROM mcall_${table})`);
  return Number((await queryRows(url, `SELECT ${counts.join(' + ')}`))[0]?.[0]);
}

/** Returns the rows that the server read for the query, those that it did not take included. */
async function rowsRead(engine: EngineName, url: string, text: string): Promise<number> {
  if (engine === 'postgres') {
    const { rows } = await query(url, `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`);
    return readIn(JSON.parse(String(rows[0]?.[0]))[0].Plan);
  }
  const connection = await createConnection({ uri: plainAddress(url.replace(/^mariadb:/, 'mysql:')) });
  try {
    await connection.query('FLUSH STATUS');
    await connection.query(text);
    const [counts] = await connection.query("SHOW SESSION STATUS LIKE 'Handler_read%'");
    return (counts as { readonly Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0);
  } finally {
    await connection.end();
  }
}

/** A part of a plan of PostgreSQL; rows are the mean of its loops. */
type PlanNode = Readonly<Record<string, unknown>> & { readonly Plans?: readonly PlanNode[] };

function readIn(node: PlanNode): number {
  const number = (name: string) => Number(node[name] ?? 0);
  const isScan = String(node['Node Type']).endsWith('Scan') || node['Node Type'] === 'Materialize';
  const removed = number('Rows Removed by Filter') + number('Rows Removed by Join Filter');
  const rows = (isScan ? number('Actual Rows') : 0) + removed;
  return (node.Plans ?? []).reduce((sum, below) => sum + readIn(below), rows * number('Actual Loops'));
}

/** Returns the steps of SQLite's plan that read a whole table for each row of another one. */
async function rescannedTables(url: string, text: string): Promise<readonly string[]> {
  const steps = (await queryRows(url, `EXPLAIN QUERY PLAN ${text}`)).map(([id, parent, , what]) => ({
    id,
    parent,
    what: what ?? '',
  }));
  const isCorrelated = (parent: string | null | undefined): boolean => {
    const step = steps.find(({ id }) => id === parent);
    return step !== undefined && (step.what.includes('CORRELATED') || isCorrelated(step.parent));
  };
  const scans = steps.filter(({ what }) => /^SCAN (?!CONSTANT ROW)/.test(what));
  const isInner = (scan: (typeof scans)[number]) => scans.find(({ parent }) => parent === scan.parent) !== scan;
  return scans.filter((scan) => isInner(scan) || isCorrelated(scan.parent)).map(({ what }) => what);
}
