import { DatabaseSync } from 'node:sqlite';
import { startSimulator } from '@dbsync/simulator';
import mysql from 'mysql2';
import pg from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { runHere } from '../harness/command/command-here.ts';
import { dbsync, variables } from '../harness/command/copy-commands.ts';
import { DISTINCT_ENGINES, ENGINES, openTargets } from '../harness/targets.ts';
import { narrowedBy, planOf } from './query-plan.ts';

/** A query that an index has to narrow, by words that it alone has, and the ends of the names of its indexes. */
const QUERIES = [
  { words: 'group by v.started_day', indexes: ['connections_started'] },
  { words: 'group by v.outcome', indexes: ['connections_started'] },
  { words: 'group by v.agent', indexes: ['transactions_fired', 'connections_started'] },
  { words: 'sum(v.wait_sec)', indexes: ['inbound_calls_started'] },
] as const;

/** Times of dbsync2 are texts on each engine: MySQL has them as MariaDB does. */
const TYPES = { native: ENGINES, dbsync2: DISTINCT_ENGINES } as const;

for (const [types, engines] of Object.entries(TYPES)) {
  for (const engine of engines.filter((name) => name !== 'mssql')) {
    it(`R39 ${engine}: a report of a few days reads the calls of these days by an index of ${types} tables`, async () => {
      const simulator = await startSimulator({ contacts: 400, inboundCalls: 100, historyDays: 90 });
      onTestFinished(() => simulator.close());
      await using targets = await openTargets(engine);
      await using target = await targets.create();
      const options = ['--column-types', types];
      expect(await dbsync(simulator, target, ['--mode', 'db_init', ...options])).toMatchObject({ code: 0 });
      const dayBefore = (days: number) =>
        new Date(simulator.historyEndMs - days * 86_400_000).toISOString().slice(0, 10);
      const period = ['--since', dayBefore(4), '--until', dayBefore(3), '--time-zone', 'Europe/Madrid'];
      const texts = statementsFromHere();
      const { DBSYNC_CAMPAIGN: _, ...others } = variables(simulator, target);
      expect(await runHere(['report', '--json', ...period, ...options], others)).toMatchObject({ code: 0 });
      for (const { words, indexes } of QUERIES) {
        const [text = ''] = texts().filter((each) => each.startsWith('with v as') && each.includes(words));
        const plan = await planOf(engine, target.url, text);
        for (const index of indexes) expect(plan, text).toMatch(narrowedBy(engine, `mcall_${index}`));
      }
    });
  }
}

/** Returns the statements that this process has sent to a database since this call. */
function statementsFromHere(): () => readonly string[] {
  const spies = [
    vi.spyOn(DatabaseSync.prototype, 'prepare'),
    vi.spyOn(pg.Client.prototype, 'query'),
    vi.spyOn(mysql.Connection.prototype, 'query'),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return () => spies.flatMap((spy) => spy.mock.calls.map(([statement]) => textOf(statement)));
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const { text, sql } = Object(statement) as { readonly text?: unknown; readonly sql?: unknown };
  return String(text ?? sql);
}
