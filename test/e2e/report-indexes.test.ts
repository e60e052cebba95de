import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { untilCaughtUp } from '../harness/caught-up.ts';
import { dbsync, differences } from '../harness/command/copy-commands.ts';
import { startDbsync } from '../harness/dbsync-child.ts';
import { indexesAt, REPORT_INDEXES } from '../harness/indexes-at.ts';
import { type CopyTarget, DISTINCT_ENGINES, ENGINES, openTargets } from '../harness/targets.ts';

const HERE = ENGINES.filter((name) => name !== 'mssql');

async function missingAt({ url }: CopyTarget): Promise<readonly string[]> {
  const found = new Set(await indexesAt(url));
  return REPORT_INDEXES.filter((index) => !found.has(index));
}

for (const engine of HERE) {
  it(`R39 ${engine}: a first copy builds the indexes with its keys, each once, and the next start finds them`, async () => {
    const simulator = await startSimulator({ contacts: 40, inboundCalls: 10 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const { code, stdout } = await dbsync(simulator, target, ['plan', '--json', '--mode', 'db_init']);
    expect(code, stdout).toBe(5);
    expect(JSON.parse(stdout).effects.join()).toContain('mcall_connections (user, started)');
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
    expect(await missingAt(target)).toEqual([]);
    const indexes = await indexesAt(target.url);
    expect(new Set(indexes).size, indexes.join('\n')).toBe(indexes.length);
    expect(indexes).not.toContain('mcall_transactions (contact_id)');
    expect(await dbsync(simulator, target, ['plan', '--mode', 'db_init'])).toMatchObject({ code: 0 });
    expect(await differences(simulator, target)).toEqual([]);
  });

  it(`R39 ${engine}: a copy without the indexes gets them beside db_sync, which goes on`, async () => {
    const simulator = await startSimulator({ contacts: 60, inboundCalls: 20 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const without = ['--report-indexes', 'false'];
    expect(await dbsync(simulator, target, ['--mode', 'db_init', ...without])).toMatchObject({ code: 0 });
    const before = await indexesAt(target.url);
    expect(await missingAt(target)).toEqual(REPORT_INDEXES);
    expect(before).toContain('mcall_transactions (contact_id)');
    expect(await dbsync(simulator, target, ['plan', ...without])).toMatchObject({ code: 0 });
    const planned = await dbsync(simulator, target, ['plan', '--json']);
    const { effects, changes } = JSON.parse(planned.stdout);
    expect({ code: planned.code, changes }).toEqual({ code: 5, changes: [] });
    expect(effects).toEqual([expect.stringMatching(/^Indexes for reports are built beside the copy: /)]);
    const named = effects[0]
      .split(': ')[1]
      .replace('.', '')
      .split('), ')
      .map((each: string) => each.replace(/\)?$/, ')'));
    expect(named.toSorted()).toEqual(REPORT_INDEXES);
    const doctor = await dbsync(simulator, target, ['doctor', '--json']);
    expect(doctor.stdout).toContain('Indexes for reports that a run builds beside the copy');

    const { campaign, token, url } = simulator;
    const daemon = startDbsync({ mode: 'db_sync', campaign, token, 'api-url': url, url: target.url, interval: 1 });
    await daemon.next(({ code }) => code === 'INDEXES_BUILT');
    await untilCaughtUp(daemon);
    simulator.activity.step(40, 'transaction');
    await untilCaughtUp(daemon);
    daemon.kill('SIGTERM');
    expect(await daemon.ended, daemon.output().slice(-4_000)).toBe(0);
    expect(await missingAt(target)).toEqual([]);
    expect(await indexesAt(target.url)).toEqual(expect.arrayContaining([...before]));
    expect(await differences(simulator, target)).toEqual([]);
    expect(await dbsync(simulator, target, ['plan'])).toMatchObject({ code: 0 });
  });
}

for (const engine of DISTINCT_ENGINES.filter((name) => name !== 'mssql')) {
  it.each(['text', 'dbsync2'])(`R39 ${engine}: tables with columns of %s get the same indexes`, async (types) => {
    const simulator = await startSimulator({ contacts: 20, inboundCalls: 5 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const options = ['--mode', 'db_init', '--column-types', types];
    expect(await dbsync(simulator, target, options)).toMatchObject({ code: 0 });
    expect(await missingAt(target)).toEqual([]);
    expect(await dbsync(simulator, target, ['plan', '--mode', 'db_init', '--column-types', types])).toMatchObject({
      code: 0,
    });
  });

  it(`R39 ${engine}: --report-indexes false drops none, and a text that outgrows its index column is kept`, async () => {
    const simulator = await startSimulator({ contacts: 20, inboundCalls: 5 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    expect(await dbsync(simulator, target, ['--mode', 'db_init', '--column-types', 'dbsync2'])).toMatchObject({
      code: 0,
    });
    const wide = ['--mode', 'db_init', '--report-indexes', 'false'];
    const { code, stdout } = await dbsync(simulator, target, wide);
    expect({ code, isDeferred: stdout.includes('SQL_CHANGE_DEFERRED') }, stdout).toEqual({
      code: 0,
      isDeferred: false,
    });
    expect(await missingAt(target)).toEqual([]);
    expect(await dbsync(simulator, target, ['plan', ...wide])).toMatchObject({ code: 0 });
  });
}
