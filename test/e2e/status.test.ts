import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { dbsync, variables } from '../harness/command/copy-commands.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { type CopyTarget, ENGINES } from '../harness/targets.ts';

/** SQL Server is left out: no server is here, and its identifiers are quoted in another way. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: status tells current, late and held by no process apart, from the database alone`, async () => {
    const simulator = await startSimulator({ contacts: 30 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const missing = await status(target, simulator.campaign);
    expect(missing.code, 'no copy yet').toBe(2);
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });

    const ended = await status(target, simulator.campaign);
    expect(ended, ended.stdout).toMatchObject({ code: 7, report: { state: 'unheld', notChanged: [] } });
    expect(ended.report.campaigns).toMatchObject([
      { campaign: simulator.campaign, holder: null, deadLetters: {}, requests: 0, keepsHeartbeats: true },
    ]);
    expect(ended.report.tables).toContainEqual({ table: 'mcall_contacts', rows: 30, isEstimate: false });
    expect((await status(target, 'NOBODY')).code, 'a campaign that was never copied').toBe(2);

    using daemon = runCommand(
      ['--mode', 'db_sync', '--interval', '1', '--lease', '3600', '--json'],
      variables(simulator, target),
    );
    await daemon.printed('"type":"cycle"');
    const current = await untilCycle(target, simulator.campaign);
    expect(current, current.stdout).toMatchObject({ code: 0, report: { state: 'current' } });
    expect(current.report.campaigns[0]).toMatchObject({
      holder: { pid: daemon.child.pid, mode: 'db_sync' },
      trouble: null,
    });

    daemon.child.kill('SIGKILL');
    await daemon.ended;
    const database = databaseAt(target.url);
    await database.run('UPDATE mcall_sync_heartbeats SET kept_at = kept_at - 600000');
    const late = await status(target, simulator.campaign);
    expect(late, late.stdout).toMatchObject({ code: 6, report: { state: 'late' } });
    expect(late.report.campaigns[0].behindMs).toBeGreaterThan(600_000);
    // The same as if the clock of the target had been set back by half an hour after the last heartbeat.
    await database.run('UPDATE mcall_sync_heartbeats SET kept_at = kept_at + 2400000');
    const setBack = await status(target, simulator.campaign);
    expect(setBack, setBack.stdout).toMatchObject({ code: 6, report: { state: 'late' } });

    // The table is missing in a copy that an earlier version made.
    await database.run('DROP TABLE mcall_sync_heartbeats');
    for (let look = 0; look < 2; look++) {
      const older = await status(target, simulator.campaign);
      expect(older.report.campaigns[0], older.stdout).toMatchObject({ keepsHeartbeats: false, cycle: null });
      expect(older.report.campaigns[0].holder).toMatchObject({ pid: daemon.child.pid, mode: null });
    }
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
    const upgraded = await status(target, simulator.campaign);
    expect(upgraded.report.campaigns[0], upgraded.stdout).toMatchObject({ keepsHeartbeats: true });
  });
}

it('status shows all campaigns of a database in a table, and the worst state decides the exit code', async () => {
  const simulators = [await startSimulator({ contacts: 5 }), await startSimulator({ contacts: 5, campaign: 'OTHER' })];
  onTestFinished(async () => void (await Promise.all(simulators.map((simulator) => simulator.close()))));
  await using targets = await sharedTargets('sqlite');
  await using target = await targets.create();
  for (const simulator of simulators) {
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  }
  using command = runCommand(['status'], { DBSYNC_URL: target.url });
  expect(await command.ended).toBe(7);
  expect(command.stdout()).toMatch(/^2 campaigns in .*: 2 not running\.\n\nCAMPAIGN +STATE +BEHIND/s);
  for (const { campaign } of simulators) expect(command.stdout()).toMatch(new RegExp(`^${campaign} +not running`, 'm'));
  for (const line of command.stdout().split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

/** Runs `status --json` on its own: without a token, and without the API. */
async function status({ url }: CopyTarget, campaign: string) {
  using command = runCommand(['status', '--json', '--campaign', campaign], { DBSYNC_URL: url });
  const code = await command.ended;
  const stdout = command.stdout();
  return { code, stdout, report: JSON.parse(stdout.trim().split('\n').at(-1) ?? '') };
}

/** The heartbeat with the first cycle comes a moment after it. */
async function untilCycle(target: CopyTarget, campaign: string) {
  for (;;) {
    const found = await status(target, campaign);
    if (found.report.campaigns?.[0]?.cycle) return found;
  }
}
