import type { ReportView } from '@dbsync/core/contract';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { dbsync } from '../harness/command/copy-commands.ts';
import { dbsync2Tables, statementsOf } from '../harness/dbsync2-tables.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { type CopyTarget, ENGINES, type EngineName, openTargets } from '../harness/targets.ts';
import { cellsOf, type ReportRow, reportRows } from './report-rows.ts';
import { type Cells, viewTruth } from './view-truth.ts';

const ZONE = 'Europe/Madrid';
const NAMES = ['calls', 'inbound', 'transactions', 'agents_by_hour', 'contacts_now'] as const;

/** SQL Server is left out: no machine here has one. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  for (const types of ['native', 'dbsync2', 'text'] as const) {
    it(`${engine}: the views of a copy with ${types} types show what the campaign says`, async () => {
      const { simulator, target } = await copied(engine, ['--column-types', types]);
      const install = ['views', 'install', '--time-zone', ZONE, '--column-types', types];
      const made = await dbsync(simulator, target, install);
      expect(made.code, made.stdout).toBe(0);
      await expectTruth(simulator, target);
    });
  }

  it(`${engine}: installed views follow the tables, and stand in the way of no change`, async () => {
    const { simulator, target } = await copied(engine);
    const show = async () => {
      const { stdout } = await dbsync(simulator, target, ['views', 'show', '--json']);
      return (JSON.parse(stdout) as { readonly views: readonly ReportView[] }).views;
    };
    expect(new Set((await show()).map(({ state }) => state))).toEqual(new Set(['absent']));
    expect(await dbsync(simulator, target, ['views', 'install', '--time-zone', ZONE])).toMatchObject({ code: 0 });
    expect(await dbsync(simulator, target, ['plan'])).toMatchObject({ code: 0 });

    const wide = async () =>
      Object.keys((await reportRows(target.url, 'SELECT * FROM mcall_v_contacts_wide'))[0] ?? {});
    const before = await wide();
    simulator.activity.step(1, 'new-field');
    const planned = await dbsync(simulator, target, ['plan']);
    expect(planned.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'Views for reports are brought up to date: mcall_v_contacts_wide.',
    );
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
    const added = (await wide()).slice(before.length);
    expect([added.length, await wide()]).toEqual([1, [...before, ...added]]);
    expect(new Set((await show()).map(({ state, timeZone }) => `${state} ${timeZone}`))).toEqual(
      new Set([`current ${ZONE}`]),
    );

    const dropped = await dbsync(simulator, target, ['views', 'drop', '--json']);
    expect(JSON.parse(dropped.stdout).dropped).toHaveLength(6);
    expect(new Set((await show()).map(({ state }) => state))).toEqual(new Set(['absent']));
  });

  it(`${engine}: views of the release before go on, and a start brings them up to date beside what uses them`, async () => {
    const { simulator, target } = await copied(engine);
    const { run } = databaseAt(target.url);
    expect(await dbsync(simulator, target, ['views', 'install', '--time-zone', ZONE])).toMatchObject({ code: 0 });
    const show = async () => {
      const { stdout } = await dbsync(simulator, target, ['views', 'show', '--json']);
      return (JSON.parse(stdout) as { readonly views: readonly ReportView[] }).views;
    };
    for (const { name, statement } of await show()) {
      const before = statement.replace(/, \S+ as .started_raw./, '');
      if (before !== statement) await run(`DROP VIEW ${name}`, before);
    }
    await run(`UPDATE mcall_sync_columns SET field = replace(field, '"digest":"', '"digest":"of before ')
      WHERE table_name = 'view' AND column_name IN ('mcall_v_calls', 'mcall_v_inbound')`);
    await run('CREATE VIEW of_others AS SELECT call_id, agent FROM mcall_v_calls');
    const columns = async (view: string) =>
      Object.keys((await reportRows(target.url, `SELECT * FROM ${view}`))[0] ?? {});
    expect(await columns('mcall_v_calls')).not.toContain('started_raw');
    expect((await show()).flatMap(({ name, state }) => (state === 'outdated' ? [name] : []))).toEqual([
      'mcall_v_calls',
      'mcall_v_inbound',
    ]);
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
    expect(new Set((await show()).map(({ state, timeZone }) => `${state} ${timeZone}`))).toEqual(
      new Set([`current ${ZONE}`]),
    );
    expect((await columns('mcall_v_calls')).at(-1)).toBe('started_raw');
    expect((await columns('mcall_v_inbound')).at(-1)).toBe('started_raw');
    expect(await columns('of_others')).toEqual(['call_id', 'agent']);
    await expectTruth(simulator, target);
  });

  it(`${engine}: an object of another program that has the name of a view is never replaced`, async () => {
    const { simulator, target } = await copied(engine);
    const { run } = databaseAt(target.url);
    await run('CREATE VIEW mcall_v_inbound AS SELECT 7 AS mine');
    const refused = await dbsync(simulator, target, ['views', 'install']);
    expect(refused).toMatchObject({ code: 2, stdout: expect.stringContaining('mcall_v_inbound') });
    await expect(reportRows(target.url, 'SELECT * FROM mcall_v_calls')).rejects.toThrow();
    expect(await reportRows(target.url, 'SELECT mine FROM mcall_v_inbound')).toEqual([{ mine: '7' }]);
    expect(await dbsync(simulator, target, ['views', 'drop'])).toMatchObject({ code: 0 });
    expect(await reportRows(target.url, 'SELECT mine FROM mcall_v_inbound')).toEqual([{ mine: '7' }]);
  });
}

for (const engine of ENGINES.filter((name) => name === 'postgres' || name === 'mariadb')) {
  it(`${engine}: the views of tables that dbsync2 made show what the campaign says`, async () => {
    const simulator = await startSimulator({ contacts: 30, inboundCalls: 20, historyDays: 300 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const server = engine === 'postgres' ? 'postgres' : 'mariadb';
    await databaseAt(target.url).run(...statementsOf(dbsync2Tables(server, 'mcall_')));
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
    expect(await dbsync(simulator, target, ['views', 'install', '--time-zone', ZONE])).toMatchObject({ code: 0 });
    await expectTruth(simulator, target);
  });
}

it('postgres: a column that a view of dbsync shows grows wider, and the grants on the view stay', async () => {
  const { simulator, target } = await copied('postgres');
  const { run } = databaseAt(target.url);
  const narrow = 'ALTER TABLE mcall_contacts ALTER COLUMN "$phone" TYPE character varying(50)';
  await run(narrow);
  expect(await dbsync(simulator, target, ['views', 'install'])).toMatchObject({ code: 0 });
  await run('GRANT SELECT ON mcall_v_calls TO pg_monitor WITH GRANT OPTION');
  await run('GRANT SELECT ON mcall_v_contacts_now TO PUBLIC');
  await run("COMMENT ON COLUMN mcall_v_calls.agent IS 'By hand'");
  expect(await dbsync(simulator, target, ['plan'])).toMatchObject({
    code: 5,
    stdout: expect.not.stringContaining('in the way'),
  });
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  const typeOf = `SELECT data_type FROM information_schema.columns WHERE table_name = 'mcall_contacts' AND column_name = '$phone'`;
  expect(await reportRows(target.url, typeOf)).toEqual([{ data_type: 'text' }]);
  const grants = await reportRows(
    target.url,
    `SELECT grantee, table_name, is_grantable FROM information_schema.role_table_grants
     WHERE table_name LIKE 'mcall_v_%' AND grantee IN ('PUBLIC', 'pg_monitor') ORDER BY 1`,
  );
  expect(grants).toEqual([
    { grantee: 'PUBLIC', table_name: 'mcall_v_contacts_now', is_grantable: 'NO' },
    { grantee: 'pg_monitor', table_name: 'mcall_v_calls', is_grantable: 'YES' },
  ]);
  await expect(reportRows(target.url, 'SELECT * FROM mcall_v_calls')).resolves.not.toEqual([]);
  const comment = `SELECT description FROM pg_description JOIN pg_attribute ON attrelid = objoid AND attnum = objsubid
    WHERE objoid = 'mcall_v_calls'::regclass AND attname = 'agent'`;
  expect(await reportRows(target.url, comment)).toEqual([{ description: 'By hand' }]);
});

it('views names the option where the time zone is none, and needs a copy', async () => {
  const { simulator, target } = await copied('sqlite');
  const zone = await dbsync(simulator, target, ['views', 'install', '--time-zone', 'Mars/Olympus']);
  expect(zone).toMatchObject({ code: 2, stdout: expect.stringMatching(/SQL_ZONE_UNKNOWN.*--time-zone/s) });
  await using targets = await openTargets('sqlite');
  await using empty = await targets.create();
  const missing = await dbsync(simulator, empty, ['views', 'show']);
  expect(missing.code, missing.stdout).toBe(2);
});

async function expectTruth(simulator: Simulator, target: CopyTarget): Promise<void> {
  const truth = await viewTruth(`${simulator.url}/__truth`, ZONE);
  for (const name of NAMES) {
    expect(truth[name].length, name).toBeGreaterThan(0);
    const found = await reportRows(target.url, `SELECT * FROM mcall_v_${name}`);
    expect(sorted(found.map(cellsWithoutChange)), name).toEqual(sorted(truth[name]));
  }
}

async function copied(
  engine: EngineName,
  argv: readonly string[] = [],
): Promise<{ simulator: Simulator; target: CopyTarget }> {
  const simulator = await startSimulator({ contacts: 30, inboundCalls: 20, historyDays: 300 });
  const targets = await openTargets(engine);
  const target = await targets.create();
  onTestFinished(async () => {
    await simulator.close();
    await targets[Symbol.asyncDispose]();
  });
  expect(await dbsync(simulator, target, ['--mode', 'db_init', ...argv])).toMatchObject({ code: 0 });
  return { simulator, target };
}

/** Returns the cells of a row, `changed_at` left out, and the raw times where they are those of the view. */
function cellsWithoutChange({ changed_at: changed, started_raw: started, fired_raw: fired, ...row }: ReportRow): Cells {
  if (started !== undefined) expect(msOf(started)).toBe(msOf(row.started_at));
  if (fired !== undefined) expect(msOf(fired)).toBe(msOf(row.fired_at));
  if (changed !== undefined) expect(Date.parse(`${changed?.replace(' ', 'T')}Z`)).toBeGreaterThan(0);
  return cellsOf(row);
}

/** Reads a time of any engine: without a zone it is in UTC, and PostgreSQL spells its hours alone. */
function msOf(time: string | null | undefined): number {
  const spelled = String(time).replace(' ', 'T').replace(/\+00$/, 'Z');
  return Date.parse(spelled.endsWith('Z') ? spelled : `${spelled}Z`);
}

function sorted(rows: readonly Cells[]): readonly Cells[] {
  return rows.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}
