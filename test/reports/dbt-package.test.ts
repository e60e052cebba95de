import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { type DbtTable, type DbtTest, dbtFiles } from '../../scripts/dbt-package.ts';
import { printedDbtPackage } from '../../scripts/print-data-dictionary.ts';
import { dbsync } from '../harness/command/copy-commands.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { reportRows } from './report-rows.ts';
import { viewTruth } from './view-truth.ts';

const FOLDER = join(import.meta.dirname, '../../examples/dbt');
const ZONE = 'Europe/Madrid';
const textOf = (path: string) => readFileSync(join(FOLDER, path), 'utf8');

it('the printed files of examples/dbt are current (else run `node scripts/print-data-dictionary.ts`)', async () => {
  const files = dbtFiles(await printedDbtPackage());
  expect(files.size).toBeGreaterThan(7);
  for (const [path, text] of files) expect(textOf(path), path).toBe(text);
});

it('postgres: models and tests of examples/dbt run on a copy, with the figures of the campaign', async () => {
  const simulator = await startSimulator({ contacts: 60, inboundCalls: 20, historyDays: 90 });
  onTestFinished(() => simulator.close());
  await using targets = await sharedTargets('postgres');
  await using target = await targets.create();
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  expect(await dbsync(simulator, target, ['views', 'install', '--time-zone', ZONE])).toMatchObject({ code: 0 });
  const { run } = databaseAt(target.url);
  const rows = (text: string) => reportRows(target.url, text);
  await run('CREATE SCHEMA models');

  const { source, staging, reports } = await printedDbtPackage();
  for (const { name } of [...staging, ...reports]) {
    const folder = name.startsWith('stg_') ? 'staging' : 'reports';
    await run(`CREATE VIEW models.${name} AS ${rendered(textOf(`models/${folder}/${name}.sql`))}`);
  }
  for (const table of [...staging, ...reports])
    expect(await columnsOf(rows, table), table.name).toEqual(namesOf(table));
  const failures = async () => {
    const found: string[] = [];
    for (const { name, text } of [
      ...testsOf(source, true),
      ...testsOf([...staging, ...reports], false),
      ...singularTests(),
    ]) {
      if ((await rows(text)).length > 0) found.push(name);
    }
    return found;
  };
  expect(await failures()).toEqual([]);

  const truth = await viewTruth(`${simulator.url}/__truth`, ZONE);
  const days = await rows(
    'SELECT day::text AS day, sum(calls) AS calls, sum(answered_calls) AS answered FROM models.calls_by_day GROUP BY 1',
  );
  const expected = Map.groupBy(
    truth.calls.filter((call) => call.started_day !== null),
    (call) => call.started_day,
  );
  expect(days.length).toBeGreaterThan(5);
  expect(new Map(days.map(({ day, calls, answered }) => [day, [Number(calls), Number(answered)]]))).toEqual(
    new Map(
      [...expected].map(([day, calls]) => [
        day,
        [calls.length, calls.filter((call) => call.connected_at !== null).length],
      ]),
    ),
  );
  const [sums] = await rows('SELECT sum(transactions) AS steps, sum(talk_sec) AS talk FROM models.agents_by_day');
  const sumOf = (column: string) => truth.agents_by_hour.reduce((sum, hour) => sum + Number(hour[column]), 0);
  expect(Number(sums?.steps)).toBe(sumOf('transactions'));
  expect(Number(sums?.talk)).toBeCloseTo(sumOf('talk_sec'), 3);
  const [long] = await rows('SELECT max(duration_sec) AS most FROM models.stg_connections');
  expect(Number(long?.most)).toBeGreaterThan(10);
  expect(Number(long?.most)).toBeLessThan(1_000);

  await run('ALTER TABLE mcall_recordings DROP CONSTRAINT mcall_recordings_connection_id_fkey');
  await run("UPDATE mcall_recordings SET connection_id = 'nowhere' WHERE id = (SELECT min(id) FROM mcall_recordings)");
  expect(await failures()).toEqual(['stg_recordings.connection_id relationships']);
});

interface NamedTest {
  readonly name: string;
  /** Returns the rows that are wrong. */
  readonly text: string;
}

/** Renders the expressions that the package uses, as dbt does. */
function rendered(text: string): string {
  return text
    .replaceAll(/\{\{ source\('dbsync', '(\w+)'\) \}\}/g, 'public.mcall_$1')
    .replaceAll(/\{\{ ref\('(\w+)'\) \}\}/g, 'models.$1');
}

function singularTests(): readonly NamedTest[] {
  return readdirSync(join(FOLDER, 'tests')).map((name) => ({ name, text: rendered(textOf(`tests/${name}`)) }));
}

function testsOf(tables: readonly DbtTable[], areSources: boolean): readonly NamedTest[] {
  return tables.flatMap(({ name, columns }) =>
    columns.flatMap((column) =>
      column.tests.map((test) => {
        const relation = areSources ? `public.mcall_${name}` : `models.${name}`;
        const kind = typeof test === 'string' ? test : 'relationships';
        return { name: `${name}.${column.name} ${kind}`, text: wrongRows(relation, `"${column.name}"`, test) };
      }),
    ),
  );
}

function wrongRows(relation: string, column: string, test: DbtTest): string {
  if (test === 'not_null') return `SELECT ${column} FROM ${relation} WHERE ${column} IS NULL`;
  if (test === 'unique') {
    return `SELECT ${column} FROM ${relation} WHERE ${column} IS NOT NULL GROUP BY ${column} HAVING count(*) > 1`;
  }
  return `SELECT child.${column} FROM ${relation} AS child LEFT JOIN models.${test.to} AS parent ON child.${column} = parent.${test.field}
    WHERE child.${column} IS NOT NULL AND parent.${test.field} IS NULL`;
}

async function columnsOf(
  rows: (text: string) => Promise<readonly Readonly<Record<string, string | null>>[]>,
  { name }: DbtTable,
) {
  const found = await rows(
    `SELECT column_name FROM information_schema.columns WHERE table_schema = 'models' AND table_name = '${name}' ORDER BY ordinal_position`,
  );
  return found.map(({ column_name }) => column_name);
}

function namesOf({ columns }: DbtTable): readonly string[] {
  return columns.map(({ name }) => name);
}
