import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../harness/command/command-run.ts';
import { dbsync, differences, variables, verify } from '../harness/command/copy-commands.ts';
import type { CopyTable, StoredCopy } from '../harness/compare/stored-copy.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { type CopyTarget, ENGINES } from '../harness/targets.ts';

/** SQL Server is left out: its identifiers are quoted in another way here. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: verify names what was damaged by hand, --deep to the cell, and --repair leaves nothing`, async () => {
    const simulator = await startSimulator({ contacts: 60 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    expect(await dbsync(simulator, target, ['--mode', 'db_init']), 'db_init').toMatchObject({ code: 0 });
    for (const way of [[], ['--deep']]) {
      const whole = await verify(simulator, target, ...way);
      expect(whole, whole.stdout).toMatchObject({ code: 0, summary: { contacts: 60, differences: 0 } });
    }
    const { cells, rows, contact, losing } = await damage(target);
    const plain = await verify(simulator, target);
    expect(plain.findings.filter((finding) => finding.startsWith('cell'))).toEqual([]);
    expect(plain, plain.stdout).toMatchObject({
      code: 5,
      summary: { differences: 12, found: { missing: 7, broken: 3, 'missing-call': 1, 'stale-call': 1 } },
    });
    const one = await verify(simulator, target, '--contact', contact);
    expect(one, one.stdout).toMatchObject({ code: 5, findings: [`missing ${contact}`], summary: { contacts: 1 } });
    const deep = await verify(simulator, target, '--deep');
    expect(deep, deep.stdout).toMatchObject({ code: 5, summary: { found: { missing: 7, row: 3, 'missing-call': 1 } } });
    expect(deep.findings.filter((finding) => /^(cell|row)/.test(finding)).sort()).toEqual([...cells, ...rows].sort());

    const repaired = await verify(simulator, target, '--repair');
    expect(repaired, repaired.stdout).toMatchObject({ code: 0, summary: { differences: 0 } });
    const left = await verify(simulator, target, '--deep');
    const unchanged = cells.filter((cell) => isOfContacts(cell) && !losing.some((id) => cell.includes(id)));
    expect(left.findings.sort(), 'cells below an unchanged md5').toEqual(unchanged.sort());
    const whole = await verify(simulator, target, '--deep', '--repair');
    expect(whole, whole.stdout).toMatchObject({ code: 0, summary: { differences: 0 } });
    expect(await differences(simulator, target)).toEqual([]);
  });
}

it('verify gives no false alarm beside a daemon that follows the campaign, which does a repair and a refetch', async () => {
  const simulator = await startSimulator({ contacts: 60 });
  onTestFinished(() => simulator.close());
  await using targets = await sharedTargets('sqlite');
  await using target = await targets.create();
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  using daemon = runCommand(['--mode', 'db_sync', '--interval', '1', '--json'], variables(simulator, target));
  await daemon.printed('"type":"cycle"');
  for (let round = 0; round < 4; round += 1) {
    simulator.activity.step(10, 'transaction');
    const found = verify(simulator, target);
    simulator.activity.step(10, 'transaction');
    const result = await found;
    expect(result, result.stdout).toMatchObject({ code: 0, summary: { differences: 0 } });
  }
  await databaseAt(target.url).run('DELETE FROM mcall_recordings');
  expect(await verify(simulator, target, '--repair')).toMatchObject({ code: 0, summary: { differences: 0 } });
  daemon.child.kill('SIGTERM');
  expect(await daemon.ended).toBe(0);
  expect(await differences(simulator, target)).toEqual([]);
});

/**
 * 7 contacts are deleted whole, 3 others lose a recording, 5 cells are changed, `$phone` is emptied in the whole copy, an inbound
 * call is deleted and another one changed. Returns the findings of cells and rows, and one of the deleted contacts.
 */
async function damage(target: CopyTarget) {
  const { run, quote } = databaseAt(target.url);
  const { contacts, recordings, transactions, calls } = await target.read(async (copy) => ({
    contacts: await allRows(copy, 'contacts'),
    recordings: await allRows(copy, 'recordings'),
    transactions: await allRows(copy, 'transactions'),
    calls: await allRows(copy, 'inbound_calls'),
  }));
  const dropped = [...new Map(recordings.map((row) => [row.contact_id, row])).values()].slice(0, 3);
  const losing = new Set(dropped.map((row) => row.contact_id));
  const others = contacts.filter((row) => !losing.has(row.$id));
  const deleted = others.slice(0, 7).map(({ $id }) => $id);
  const isLeft = (contact: unknown) => !deleted.includes(contact);
  const changed = transactions.filter(({ contact_id: of }) => isLeft(of) && !losing.has(of)).slice(0, 3);
  const restated = others.slice(7, 9);
  const [lost, restyled] = calls;
  const [id, status, phone] = ['$id', '$status', '$phone'].map(quote);
  const list = (ids: readonly unknown[]) => ids.map((one) => `'${one}'`).join(', ');
  for (const statement of [
    ...['recordings', 'connections', 'transactions'].map(
      (table) => `DELETE FROM mcall_${table} WHERE contact_id IN (${list(deleted)})`,
    ),
    `DELETE FROM mcall_contacts WHERE ${id} IN (${list(deleted)})`,
    `DELETE FROM mcall_recordings WHERE id IN (${list(dropped.map((row) => row.id))})`,
    `UPDATE mcall_transactions SET task = 'by hand' WHERE id IN (${list(changed.map((row) => row.id))})`,
    `UPDATE mcall_contacts SET ${status} = 'by hand' WHERE ${id} IN (${list(restated.map(({ $id }) => $id))})`,
    `UPDATE mcall_contacts SET ${phone} = NULL`,
    `DELETE FROM mcall_inbound_calls WHERE id = '${lost?.id}'`,
    `UPDATE mcall_inbound_calls SET state = 'by hand' WHERE id = '${restyled?.id}'`,
  ]) {
    await run(statement);
  }
  const phoned = contacts.filter(({ $id, $phone }) => isLeft($id) && $phone !== null);
  expect([phoned.length > 10, changed.length, restated.length, dropped.length]).toEqual([true, 3, 2, 3]);
  const cells = [
    ...changed.map((row) => `cell transactions ${row.id} task`),
    ...restated.map(({ $id }) => `cell contacts ${$id} $status`),
    ...phoned.map(({ $id }) => `cell contacts ${$id} $phone`),
    `cell inbound_calls ${restyled?.id} state`,
  ];
  const ofLosing = [...losing].map(String);
  return {
    cells,
    losing: ofLosing,
    rows: dropped.map((row) => `row recordings ${row.id}`),
    contact: String(deleted[0]),
  };
}

/** A repair without --deep fetches no contact whose md5 is unchanged, and corrects calls. */
function isOfContacts(finding: string): boolean {
  return !finding.startsWith('cell inbound_calls');
}

async function allRows(copy: StoredCopy, table: CopyTable) {
  const ids: string[] = [];
  for await (const id of copy.ids(table)) ids.push(id);
  return copy.rowsOf(table, ids.sort());
}
