import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { dbsync } from '../harness/command/copy-commands.ts';
import { ENGINES, openTargets } from '../harness/targets.ts';
import { RECIPE_TRUTH } from './recipe-truth.ts';
import { cellsOf, reportRows } from './report-rows.ts';
import { viewTruth } from './view-truth.ts';

const FOLDER = join(import.meta.dirname, '../../examples/reports');
const ZONE = 'America/Bogota';

it('has the truth of each report', () => {
  const reports = readdirSync(FOLDER).filter((name) => name.endsWith('.sql'));
  expect(reports.sort()).toEqual(
    Object.keys(RECIPE_TRUTH)
      .map((name) => `${name}.sql`)
      .sort(),
  );
});

for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: each report gives the figures of the campaign`, async () => {
    const simulator = await startSimulator({ contacts: 80, inboundCalls: 30, historyDays: 90 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
    expect(await dbsync(simulator, target, ['views', 'install', '--time-zone', ZONE])).toMatchObject({ code: 0 });
    const truth = await viewTruth(`${simulator.url}/__truth`, ZONE);
    for (const [name, expectedOf] of Object.entries(RECIPE_TRUTH)) {
      const expected = expectedOf(truth);
      expect(expected.length, name).toBeGreaterThan(0);
      const found = await reportRows(target.url, readFileSync(join(FOLDER, `${name}.sql`), 'utf8'));
      expect(found.map(cellsOf), name).toEqual(expected);
    }
  });
}
