import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { metabaseQuery } from '../../scripts/print-dashboards.ts';
import { reportQuestions, withDays } from '../../scripts/report-questions.ts';
import { dbsync } from '../harness/command/copy-commands.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { DISTINCT_ENGINES, ENGINES } from '../harness/targets.ts';
import { RECIPE_TRUTH } from './recipe-truth.ts';
import { cellsOf, reportRows } from './report-rows.ts';
import { type Cells, type ViewTruth, viewTruth } from './view-truth.ts';

const FOLDER = join(import.meta.dirname, '../../examples/reports');
const ZONE = 'America/Bogota';
const DAY_MS = 86_400_000;

it('has the truth of each report', () => {
  const reports = readdirSync(FOLDER).filter((name) => name.endsWith('.sql'));
  expect(reports.sort()).toEqual(
    Object.keys(RECIPE_TRUTH)
      .map((name) => `${name}.sql`)
      .sort(),
  );
});

/** Times of dbsync2 are texts on each engine: MySQL has them as MariaDB does. */
const TYPES = { native: ENGINES, dbsync2: DISTINCT_ENGINES } as const;

for (const [types, engines] of Object.entries(TYPES)) {
  for (const engine of engines.filter((name) => name !== 'mssql')) {
    it(`${engine}: each report of ${types} tables gives the figures of its period, and those of all days`, async () => {
      const simulator = await startSimulator({ contacts: 80, inboundCalls: 30, historyDays: 90 });
      onTestFinished(() => simulator.close());
      await using targets = await sharedTargets(engine);
      await using target = await targets.create();
      const options = ['--column-types', types];
      expect(await dbsync(simulator, target, ['--mode', 'db_init', ...options])).toMatchObject({ code: 0 });
      const install = ['views', 'install', '--time-zone', ZONE, ...options];
      expect(await dbsync(simulator, target, install)).toMatchObject({ code: 0 });
      const truth = await viewTruth(`${simulator.url}/__truth`, ZONE);
      const dayBefore = (days: number) => new Date(simulator.historyEndMs - days * DAY_MS).toISOString().slice(0, 10);
      const days = { first: dayBefore(50), end: dayBefore(20) };
      const own = within(truth, (day) => day >= days.first && day < days.end);
      expect(own.calls.length).toBeLessThan(truth.calls.length);
      // A call without a start has the time of its event, which is the same in the simulated campaign.
      const [{ call_id: id } = {}] = own.calls;
      await databaseAt(target.url).run(`UPDATE mcall_connections SET started = NULL WHERE id = '${id}'`);
      for (const { name, query } of reportQuestions()) {
        const rowsOf = async (text: string) => (await reportRows(target.url, text)).map(cellsOf);
        const expected = RECIPE_TRUTH[name]?.(own) ?? [];
        expect(expected.length, name).toBeGreaterThan(0);
        expect(await rowsOf(withDays(query, days)), name).toEqual(expected);
        expect(await rowsOf(metabaseQuery(query)), name).toEqual(RECIPE_TRUTH[name]?.(truth));
      }
    });
  }
}

/** Returns the calls and the hours of agents of these days. Contacts stay. */
function within(truth: ViewTruth, isWithin: (day: string) => boolean): ViewTruth {
  const ofDays = (rows: readonly Cells[]) => rows.filter(({ started_day: day }) => isWithin(String(day)));
  const hours = truth.agents_by_hour.filter(({ hour_local: hour }) => isWithin(String(hour).slice(0, 10)));
  return { ...truth, calls: ofDays(truth.calls), inbound: ofDays(truth.inbound), agents_by_hour: hours };
}
