import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { reportQuestions } from '../../scripts/report-questions.ts';
import { dbsync } from '../harness/command/copy-commands.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { RECIPE_TRUTH } from './recipe-truth.ts';
import { cellsOf, reportRows } from './report-rows.ts';
import { viewTruth } from './view-truth.ts';

const FOLDER = join(import.meta.dirname, '../../examples/grafana');
const ZONE = 'Europe/Madrid';

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly rawSql: string }[] }[];
}

/** A time range, in seconds since 1970. */
type Range = readonly [from: number, to: number];

const ALL: Range = [Date.UTC(2000, 0, 1) / 1000, Date.UTC(2035, 0, 1) / 1000];
const NEVER: Range = [Date.UTC(1990, 0, 1) / 1000, Date.UTC(1990, 0, 2) / 1000];

/** The dashboard of each engine, with its time filter as Grafana writes it out. */
const DASHBOARDS = {
  postgres: {
    file: 'dashboard.json',
    within: (column: string, range: Range) =>
      `${column} BETWEEN ${range.map((at) => `'${instant(at)}'`).join(' AND ')}`,
  },
  mariadb: { file: 'dashboard-mysql.json', within: withinUnixTimes },
  mysql: { file: 'dashboard-mysql.json', within: withinUnixTimes },
} as const;

for (const [engine, { file, within }] of Object.entries(DASHBOARDS)) {
  it(`${engine}: each panel of ${file} gives the figures of its report, within the time range`, async () => {
    const simulator = await startSimulator({ contacts: 60, inboundCalls: 30, historyDays: 90 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine as keyof typeof DASHBOARDS);
    await using target = await targets.create();
    const prefix = ['--table-prefix', 'cc_'];
    expect(await dbsync(simulator, target, ['--mode', 'db_init', ...prefix])).toMatchObject({ code: 0 });
    const install = ['views', 'install', '--time-zone', ZONE, ...prefix];
    expect(await dbsync(simulator, target, install)).toMatchObject({ code: 0 });
    const truth = await viewTruth(`${simulator.url}/__truth`, ZONE);
    const { panels } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Dashboard;
    expect(panels).toHaveLength(Object.keys(RECIPE_TRUTH).length);
    for (const { title, targets: queries } of panels) {
      const name = reportQuestions().find((question) => question.title === title)?.name ?? '';
      const rowsIn = async (range: Range) => {
        const query = writtenOut(queries[0]?.rawSql ?? '', (column) => within(column, range));
        return (await reportRows(target.url, query)).map(cellsOf);
      };
      expect(await rowsIn(ALL), title).toEqual(RECIPE_TRUTH[name]?.(truth));
      const isOfContacts = queries[0]?.rawSql.includes('v_contacts_now');
      if (!isOfContacts) expect(await rowsIn(NEVER), title).toEqual([]);
    }
  });
}

/** Writes out macros and variables as Grafana does before it sends a query. Throws where one is left. */
function writtenOut(query: string, within: (column: string) => string): string {
  const written = query
    .replaceAll(`\${prefix:raw}`, 'cc_')
    .replaceAll(/\$__timeFilter\((\w+)\)/g, (_, column: string) => within(column));
  if (written.includes('$')) throw new Error(`Not written out: ${written}`);
  return written;
}

function withinUnixTimes(column: string, [from, to]: Range): string {
  return `${column} BETWEEN FROM_UNIXTIME(${from}) AND FROM_UNIXTIME(${to})`;
}

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
