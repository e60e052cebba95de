import { type Simulator, startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { type CopyTarget, ENGINES, openTargets } from '../harness/targets.ts';

/** SQL Server is left out: its identifiers are quoted in another way here. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: verify names what was damaged by hand, --repair mends it, and refetch --all mends the cells`, async () => {
    const simulator = await startSimulator({ contacts: 60 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    expect(await dbsync(simulator, target, ['--mode', 'db_init']), 'db_init').toMatchObject({ code: 0 });
    const whole = await verify(simulator, target);
    expect(whole, JSON.stringify(whole)).toMatchObject({ code: 0, summary: { contacts: 60, differences: 0 } });

    await damage(target, engine === 'mysql' || engine === 'mariadb' ? '`' : '"');
    const damaged = await verify(simulator, target);
    expect(damaged, JSON.stringify(damaged)).toMatchObject({
      code: 5,
      summary: { differences: 11, found: { missing: 7, broken: 3, unproved: 1 } },
    });
    const mended = await verify(simulator, target, '--repair');
    expect(mended, JSON.stringify(mended)).toMatchObject({ code: 0, summary: { differences: 0 } });

    const again = await dbsync(simulator, target, ['refetch', '--all', '--json']);
    expect(JSON.parse(again.stdout)).toEqual({
      type: 'refetched',
      campaign: simulator.campaign,
      contacts: 60,
      isDone: true,
    });
    expect(await differences(simulator, target)).toEqual([]);
  });
}

it('verify gives no false alarm beside a daemon that follows the campaign, which does a repair and a refetch', async () => {
  const simulator = await startSimulator({ contacts: 60 });
  onTestFinished(() => simulator.close());
  await using targets = await openTargets('sqlite');
  await using target = await targets.create();
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  using daemon = runCommand(['--mode', 'db_sync', '--interval', '1', '--json'], variables(simulator, target));
  await daemon.printed('"type":"cycle"');
  for (let round = 0; round < 4; round += 1) {
    simulator.activity.step(10, 'transaction');
    const found = verify(simulator, target);
    simulator.activity.step(10, 'transaction');
    expect(await found).toMatchObject({ code: 0, summary: { differences: 0 } });
  }
  await databaseAt(target.url).run('DELETE FROM mcall_recordings');
  expect(await verify(simulator, target, '--repair')).toMatchObject({ code: 0, summary: { differences: 0 } });
  daemon.child.kill('SIGTERM');
  expect(await daemon.ended).toBe(0);
  expect(await differences(simulator, target)).toEqual([]);
});

/** 7 contacts are deleted whole, 3 others lose their transactions, 5 others get another status, and one loses its $md5. */
async function damage(target: CopyTarget, q: string): Promise<void> {
  const { run } = databaseAt(target.url);
  const id = `${q}$id${q}`;
  const ids: string[] = [];
  await target.read(async (copy) => {
    const withTransactions = new Set<string>();
    for await (const key of copy.ids('transactions')) {
      const [row] = await copy.rowsOf('transactions', [key]);
      withTransactions.add(String(row?.contact_id));
    }
    ids.push(...[...withTransactions].sort());
  });
  const list = (from: number, until: number) =>
    ids
      .slice(from, until)
      .map((contact) => `'${contact}'`)
      .join(', ');
  const below = (contacts: string) => [
    `DELETE FROM mcall_recordings WHERE contact_id IN (${contacts})`,
    `DELETE FROM mcall_connections WHERE contact_id IN (${contacts})`,
    `DELETE FROM mcall_transactions WHERE contact_id IN (${contacts})`,
  ];
  const statements = [
    ...below(list(0, 10)),
    `DELETE FROM mcall_contacts WHERE ${id} IN (${list(0, 7)})`,
    `UPDATE mcall_contacts SET ${q}$status${q} = 'by hand' WHERE ${id} IN (${list(10, 15)})`,
    `UPDATE mcall_contacts SET ${q}$md5${q} = NULL WHERE ${id} IN (${list(15, 16)})`,
  ];
  for (const statement of statements) await run(statement);
}

function variables(simulator: Simulator, { url }: CopyTarget) {
  return {
    DBSYNC_CAMPAIGN: simulator.campaign,
    DBSYNC_URL: url,
    DBSYNC_TOKEN: simulator.token,
    DBSYNC_API_URL: simulator.url,
  };
}

async function dbsync(simulator: Simulator, target: CopyTarget, argv: readonly string[]) {
  using command = runCommand(argv, variables(simulator, target));
  return { code: await command.ended, stdout: command.stdout(), stderr: command.stderr() };
}

async function verify(simulator: Simulator, target: CopyTarget, ...argv: readonly string[]) {
  const { code, stdout, stderr } = await dbsync(simulator, target, ['verify', '--json', ...argv]);
  const last = stdout.trim().split('\n').at(-1) ?? '';
  return { code, summary: last.startsWith('{') ? JSON.parse(last) : null, stdout, stderr };
}

async function differences(simulator: Simulator, target: CopyTarget) {
  return (await target.read((copy) => compareWithTruth(`${simulator.url}/__truth`, copy))).differences;
}
