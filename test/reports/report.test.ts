import { existsSync, mkdtempDisposableSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runHere } from '../harness/command/command-here.ts';
import { dbsync, variables } from '../harness/command/copy-commands.ts';
import { dbsync2Tables, statementsOf } from '../harness/dbsync2-tables.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { type CopyTarget, ENGINES, type EngineName } from '../harness/targets.ts';
import { byName, reportTruth } from './report-truth.ts';
import { type Cells, viewTruth } from './view-truth.ts';

const ZONE = 'America/Bogota';
const DAY_MS = 86_400_000;

/** SQL Server is left out: no machine here has one. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  for (const types of ['native', 'dbsync2'] as const) {
    it(`${engine}: a report of a copy with ${types} types has the figures of the campaign, and makes no view`, async () => {
      const { simulator, target } = await emptyTarget(engine);
      const options = ['--column-types', types];
      expect(await dbsync(simulator, target, ['--mode', 'db_init', ...options])).toMatchObject({ code: 0 });
      await expectTruth(simulator, target, options);
      const shown = await dbsync(simulator, target, ['views', 'show', '--json', ...options]);
      expect(JSON.parse(shown.stdout).views.map(({ state }: { state: string }) => state)).toEqual(
        Array(6).fill('absent'),
      );
    });
  }
}

for (const engine of ['postgres', 'mariadb'] as const) {
  it(`${engine}: a report of tables that dbsync2 made has the figures of the campaign`, async () => {
    const { simulator, target } = await emptyTarget(engine);
    await databaseAt(target.url).run(...statementsOf(dbsync2Tables(engine, 'mcall_')));
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
    await expectTruth(simulator, target, []);
  });
}

it('takes the zone of installed views, and the last 30 days, of all campaigns', async () => {
  const { simulator, target } = await copied();
  expect(await dbsync(simulator, target, ['views', 'install', '--time-zone', ZONE])).toMatchObject({ code: 0 });
  const { DBSYNC_CAMPAIGN: _, ...others } = variables(simulator, target);
  const { stdout } = await runHere(['report', '--json'], others);
  const { timeZone, firstDay, lastDay, byDay, campaign, copies } = JSON.parse(stdout);
  expect([timeZone, campaign, byDay.length]).toEqual([ZONE, null, 30]);
  expect((Date.parse(lastDay) - Date.parse(firstDay)) / DAY_MS).toBe(29);
  expect(copies).toMatchObject([{ campaign: simulator.campaign, state: 'unheld', copiedUntil: expect.any(String) }]);
});

it('draws an empty copy, and a campaign of which the copy has no calls', async () => {
  const simulator = await startSimulator({ contacts: 0, inboundCalls: 0 });
  onTestFinished(() => simulator.close());
  const { target } = await emptyTarget('sqlite');
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  const { code, stdout } = await report(simulator, target, ['--html', '-']);
  expect(code, stdout).toBe(0);
  expect(stdout).toMatch(/^<!doctype html>\n.*No calls in this period.*<\/html>\n$/s);
});

it('writes the page whole, for its owner alone, over an earlier report and nothing else', async () => {
  const { simulator, target } = await copied();
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-report-'));
  const file = join(folder.path, 'calls.html');
  for (let time = 0; time < 2; time++) {
    const { code, stdout } = await report(simulator, target, ['--html', file]);
    expect(code, stdout).toBe(0);
    expect(stdout).toContain(file);
  }
  expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>\n.*<\/html>\n$/s);
  expect(readdirSync(folder.path)).toEqual(['calls.html']);
  const foreign = join(import.meta.dirname, 'report.test.ts');
  const refused = await report(simulator, target, ['--html', foreign]);
  expect(refused).toMatchObject({ code: 3, stdout: expect.stringContaining('CLI_REPORT_UNWRITABLE') });
  expect(existsSync(foreign)).toBe(true);
});

it('refuses a file that it cannot write before it asks the database', async () => {
  const { simulator, target } = await emptyTarget('sqlite');
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-report-'));
  for (const file of [join(import.meta.dirname, 'report.test.ts'), join(folder.path, 'none', 'calls.html')]) {
    const refused = await report(simulator, target, ['--html', file]);
    expect(refused, file).toMatchObject({ code: 3, stdout: expect.stringContaining('CLI_REPORT_UNWRITABLE') });
  }
});

it.each([
  [[], 'CLI_OPTION_MISSING', '--html'],
  [['--html', '-', '--json'], 'CLI_OPTION_CONFLICT', '--html'],
  [['--json', '--time-zone', 'Mars/Olympus'], 'CLI_OPTION_VALUE', '--time-zone'],
  [['--json', '--since', '2026-01-31T12:00:00'], 'CLI_OPTION_VALUE', '--since'],
  [['--json', '--until', '2026-02-30'], 'CLI_OPTION_VALUE', '--until'],
  [['--json', '--since', '2026-02-01', '--until', '2026-01-31'], 'CLI_OPTION_VALUE', '--since'],
  [['--json', '--since', '1990-01-01', '--until', '2026-01-31'], 'CLI_OPTION_VALUE', '3660 days'],
  [['--json', '--campaign', 'OTHER'], 'CLI_CAMPAIGN_UNKNOWN', 'OTHER'],
  [['calls.html', '--json'], 'CLI_WORD_UNEXPECTED', '--html'],
])('refuses %j with %s, and names what to correct', async (argv, code, names) => {
  const { simulator, target } = await copied();
  const refused = await report(simulator, target, argv);
  expect(refused.code, refused.stdout).toBe(2);
  expect(refused.stdout).toContain(code);
  expect(refused.stdout.replaceAll(/\s+/g, ' ')).toContain(names);
});

it('needs a copy, and makes no file where there is none', async () => {
  const { simulator, target } = await emptyTarget('sqlite');
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-report-'));
  const refused = await report(simulator, target, ['--html', join(folder.path, 'calls.html')]);
  expect(refused).toMatchObject({ code: 2, stdout: expect.stringContaining('SQLITE_FILE_MISSING') });
  expect(readdirSync(folder.path)).toEqual([]);
});

async function expectTruth(simulator: Simulator, target: CopyTarget, options: readonly string[]): Promise<void> {
  const dayBefore = (days: number) => new Date(simulator.historyEndMs - days * DAY_MS).toISOString().slice(0, 10);
  const period = { firstDay: dayBefore(60), lastDay: dayBefore(3) };
  // A call without a start has the time of its event, which is the same in the simulated campaign.
  const all = await viewTruth(`${simulator.url}/__truth`, ZONE);
  const isWithin = ({ started_day: day }: Cells) => String(day) > period.firstDay && String(day) < period.lastDay;
  const id = all.calls.find(isWithin)?.call_id;
  await databaseAt(target.url).run(`UPDATE mcall_connections SET started = NULL WHERE id = '${id}'`);
  const argv = ['--json', '--time-zone', ZONE, '--since', period.firstDay, '--until', period.lastDay, ...options];
  const { code, stdout } = await report(simulator, target, argv);
  expect(code, stdout).toBe(0);
  const found = JSON.parse(stdout);
  for (const list of [found.outcomes, found.statuses]) {
    const counts = list.map(({ count }: { count: number }) => count);
    expect(counts).toEqual(counts.toSorted((a: number, b: number) => b - a));
  }
  const truth = reportTruth(all, period);
  expect(truth.totals.calls).toBeGreaterThan(20);
  expect(truth.inbound.calls).toBeGreaterThan(0);
  const { agents, outcomes, statuses } = found;
  const named = { agents: byName(agents), outcomes: byName(outcomes), statuses: byName(statuses) };
  expect({ ...found, ...named }).toMatchObject({ campaign: simulator.campaign, ...period, ...truth });
}

function report(simulator: Simulator, target: CopyTarget, argv: readonly string[]) {
  return dbsync(simulator, target, ['report', ...argv]);
}

async function copied() {
  const made = await emptyTarget('sqlite');
  expect(await dbsync(made.simulator, made.target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  return made;
}

async function emptyTarget(engine: EngineName): Promise<{ simulator: Simulator; target: CopyTarget }> {
  const simulator = await startSimulator({ contacts: 60, inboundCalls: 20, historyDays: 90 });
  const targets = await sharedTargets(engine);
  const target = await targets.create();
  onTestFinished(async () => {
    await simulator.close();
    await targets[Symbol.asyncDispose]();
  });
  return { simulator, target };
}
