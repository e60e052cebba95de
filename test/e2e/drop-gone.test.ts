import { type Simulator, startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { dbsync, differences, variables, verify } from '../harness/command/copy-commands.ts';
import { queryRows } from '../harness/compare/query-rows.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { type CopyTarget, ENGINES } from '../harness/targets.ts';

/** SQL Server is left out: its identifiers are quoted in another way here. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`R38 ${engine}: verify --drop-gone deletes what the campaign has no more and rows without a parent, and nothing else`, async () => {
    const simulator = await startSimulator({ contacts: 200 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
    const gone = deleteContacts(simulator, 3);
    const before = await verify(simulator, target);
    expect(before, before.stdout).toMatchObject({ code: 0, findings: gone.map((id) => `gone ${id}`) });

    const unasked = await dbsync(simulator, target, ['verify', '--drop-gone']);
    expect(unasked).toMatchObject({ code: 2, stdout: expect.stringContaining('--yes') });
    await makeOrphans(target, gone[0] ?? '');
    const orphaned = await verify(simulator, target);
    expect(orphaned.code).toBe(5);
    expect(orphaned.findings).toContain('orphan connections loose');
    const { run } = databaseAt(target.url);
    const { id: kept, contact } = await connectionOfOthers(target, gone);
    await run(`UPDATE mcall_connections SET contact_id = '${gone[0]}' WHERE id = '${kept}'`);
    const dropped = await verify(simulator, target, '--drop-gone', '--yes');
    expect(dropped, dropped.stdout).toMatchObject({ code: 0, findings: [], summary: { differences: 0 } });
    await run(`UPDATE mcall_connections SET contact_id = '${contact}' WHERE id = '${kept}'`);
    expect(await storedContacts(target)).toBe(197);
    expect(await differences(simulator, target)).toEqual([]);
    expect(
      await queryRows(target.url, "SELECT subject FROM mcall_sync_audit WHERE act = 'drop-gone' ORDER BY subject"),
    ).toEqual([['{"contacts":2}'], ['{"contacts":3}']]);
  });
}

it('R38 verify --drop-gone beside a daemon is done by the daemon, and more than 5 % of the copy needs their number', async () => {
  const simulator = await startSimulator({ contacts: 200 });
  onTestFinished(() => simulator.close());
  await using targets = await sharedTargets('sqlite');
  await using target = await targets.create();
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  using daemon = runCommand(['--mode', 'db_sync', '--interval', '1', '--json'], variables(simulator, target));
  await daemon.printed('"type":"cycle"');
  deleteContacts(simulator, 20);
  const refused = await dbsync(simulator, target, ['verify', '--drop-gone', '--yes']);
  expect(refused, refused.stdout).toMatchObject({ code: 2, stdout: expect.stringContaining('VERIFY_TOO_MANY_GONE') });
  expect(await storedContacts(target)).toBe(200);
  const dropped = await verify(simulator, target, '--drop-gone', '--yes', '--allow', '20');
  expect(dropped, dropped.stdout).toMatchObject({ code: 0, findings: [] });
  expect(await storedContacts(target)).toBe(180);
  expect(daemon.stdout()).toContain('Removed on request: 20 contacts');
  daemon.child.kill('SIGTERM');
  expect(await daemon.ended).toBe(0);
});

function deleteContacts(simulator: Simulator, count: number): readonly string[] {
  const ids = simulator.activity.step(count, 'delete-contact').map(({ contactId }) => String(contactId));
  expect(new Set(ids).size).toBe(count);
  return ids.sort();
}

/** The contact loses its row, another one loses a transaction, and a third one gets a connection that no API knows. */
async function makeOrphans(target: CopyTarget, contact: string): Promise<void> {
  const { run, quote } = databaseAt(target.url);
  const others = `SELECT contact_id, id FROM mcall_transactions WHERE contact_id <> '${contact}' AND id IN (SELECT transaction_id FROM mcall_connections) ORDER BY id`;
  const [[, transaction] = []] = await queryRows(target.url, others);
  const [[last] = []] = await queryRows(target.url, `${others} DESC`);
  const freely = target.url.startsWith('postgres') ? ['SET session_replication_role = replica'] : [];
  await run(
    ...freely,
    `DELETE FROM mcall_contacts WHERE ${quote('$id')} = '${contact}'`,
    `DELETE FROM mcall_transactions WHERE id = '${transaction}'`,
    `INSERT INTO mcall_connections (id, contact_id, transaction_id) VALUES ('loose', '${last}', 'none')`,
  );
}

/** Returns a connection that hangs below a contact which the campaign has. */
async function connectionOfOthers(target: CopyTarget, gone: readonly string[]) {
  const list = gone.map((id) => `'${id}'`).join(', ');
  const text = `SELECT c.id, t.contact_id FROM mcall_connections c JOIN mcall_transactions t ON t.id = c.transaction_id WHERE t.contact_id NOT IN (${list}) ORDER BY c.id`;
  const [[id, contact] = []] = await queryRows(target.url, text);
  return { id, contact };
}

async function storedContacts(target: CopyTarget): Promise<number> {
  return Number((await queryRows(target.url, 'SELECT count(*) FROM mcall_contacts'))[0]?.[0]);
}
