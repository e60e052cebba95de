import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { dbsync, verify } from '../harness/command/copy-commands.ts';
import { queryRows } from '../harness/compare/query-rows.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES } from '../harness/targets.ts';

/** SQL Server is left out: its identifiers are quoted in another way here. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: verify --contact looks at one contact and its rows alone, and knows when no side has it`, async () => {
    const simulator = await startSimulator({ contacts: 20, inboundCalls: 0 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
    const { run, quote } = databaseAt(target.url);
    const parents = 'SELECT DISTINCT contact_id FROM mcall_transactions ORDER BY contact_id';
    const [lost, whole] = (await queryRows(target.url, parents)).map(([id]) => String(id));
    const freely = engine === 'postgres' ? ['SET session_replication_role = replica'] : [];
    await run(...freely, `DELETE FROM mcall_contacts WHERE ${quote('$id')} = '${lost}'`);

    const found = await verify(simulator, target, '--contact', String(lost));
    expect(found.code).toBe(5);
    expect(found.findings).toContain(`missing ${lost}`);
    expect(found.findings.filter((finding) => finding.startsWith('orphan')).length).toBeGreaterThan(0);
    for (const way of [[], ['--repair'], ['--drop-gone', '--yes']]) {
      const other = await verify(simulator, target, '--contact', String(whole), ...way);
      expect(other, other.stdout).toMatchObject({ code: 0, findings: [], summary: { contacts: 1 } });
    }
    const unknown = await verify(simulator, target, '--contact', 'N0SUCHCONTACT');
    expect(unknown, unknown.stdout).toMatchObject({ code: 8, findings: [], summary: { contacts: 0, differences: 0 } });
    const { stdout } = await dbsync(simulator, target, ['verify', '--contact', 'N0SUCHCONTACT']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('has the contact N0SUCHCONTACT: nothing was compared.');

    const repaired = await verify(simulator, target, '--contact', String(lost), '--repair');
    expect(repaired, repaired.stdout).toMatchObject({ code: 0, findings: [], summary: { differences: 0 } });
    expect(await verify(simulator, target)).toMatchObject({ code: 0, findings: [] });
  });
  it(`${engine}: verify --contact --drop-gone deletes a contact that the campaign no longer has, and no other`, async () => {
    const simulator = await startSimulator({ contacts: 20, inboundCalls: 0 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
    const [gone, other] = simulator.activity.step(2, 'delete-contact').map(({ contactId }) => String(contactId));

    const found = await verify(simulator, target, '--contact', String(gone));
    expect(found, found.stdout).toMatchObject({ code: 0, findings: [`gone ${gone}`] });
    const dropped = await verify(simulator, target, '--contact', String(gone), '--drop-gone', '--yes');
    expect(dropped, dropped.stdout).toMatchObject({ code: 0, findings: [], summary: { contacts: 1 } });
    const stored = await target.read((copy) => copy.rowsOf('contacts', [String(gone), String(other)]));
    expect(stored.map((row) => row.$id)).toEqual([other]);
    expect(await verify(simulator, target)).toMatchObject({ code: 0, findings: [`gone ${other}`] });
  });
}

it('verify --contact says of a contact that the API fails to give that it was not compared', async () => {
  const simulator = await startSimulator({ contacts: 20, inboundCalls: 0 });
  onTestFinished(() => simulator.close());
  await using targets = await sharedTargets('sqlite');
  await using target = await targets.create();
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  const [[id] = []] = await queryRows(target.url, 'SELECT "$id" FROM mcall_contacts ORDER BY "$id"');
  simulator.faults.set([{ kind: 'poison', status: 400, ids: [String(id)], endpoint: 'contacts' }]);
  for (const way of [[], ['--deep']]) {
    const found = await verify(simulator, target, '--contact', String(id), ...way);
    expect(found, found.stdout).toMatchObject({ code: 5, findings: [`unfetched ${id}`] });
  }
});

it('verify --contact asks once more for a contact that the API failed to give, and then compares it', async () => {
  const simulator = await startSimulator({ contacts: 20, inboundCalls: 0 });
  onTestFinished(() => simulator.close());
  await using targets = await sharedTargets('sqlite');
  await using target = await targets.create();
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  const [[id] = []] = await queryRows(target.url, 'SELECT "$id" FROM mcall_contacts ORDER BY "$id"');
  await databaseAt(target.url).run(`UPDATE mcall_contacts SET "$status" = 'by hand' WHERE "$id" = '${id}'`);
  // The first look fails the contact by two refusals, with an answer for another contact between them.
  const refusal = { kind: 'status', status: 400, endpoint: 'contacts', count: 1 } as const;
  simulator.faults.set([refusal, { ...refusal, skip: 2 }]);
  const found = await verify(simulator, target, '--contact', String(id), '--deep');
  expect(simulator.faults.struck).toEqual({ status: 2 });
  expect(found, found.stdout).toMatchObject({ code: 5, findings: [`cell contacts ${id} $status`] });
});

it('verify --contact knows no contact that was forgotten and then deleted, nor one of another campaign in the same tables', async () => {
  const simulator = await startSimulator({ contacts: 20, inboundCalls: 0 });
  onTestFinished(() => simulator.close());
  await using targets = await sharedTargets('sqlite');
  await using target = await targets.create();
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  const gone = String(simulator.activity.step(1, 'delete-contact')[0]?.contactId);
  const forget = ['forget', gone, '--yes'];
  expect(await dbsync(simulator, target, forget)).toMatchObject({ code: 0 });
  await databaseAt(target.url).run(`INSERT INTO mcall_contacts ("$id", "$campaign_id") VALUES ('theirs', 'OTHER')`);
  for (const id of [gone, 'theirs']) {
    const found = await verify(simulator, target, '--contact', id);
    expect(found, found.stdout).toMatchObject({ code: 8, findings: [], summary: { contacts: 0 } });
  }
});

it('verify --contact finds the orphans of a contact behind a thousand of others', async () => {
  const simulator = await startSimulator({ contacts: 20, inboundCalls: 0 });
  onTestFinished(() => simulator.close());
  await using targets = await sharedTargets('sqlite');
  await using target = await targets.create();
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  const numbers = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)';
  await databaseAt(target.url).run(
    `${numbers} INSERT INTO mcall_connections (id, contact_id, transaction_id) SELECT 'a' || i, 'other', 'none' FROM n`,
    "INSERT INTO mcall_connections (id, contact_id, transaction_id) VALUES ('last', 'GONE', 'none')",
  );
  const found = await verify(simulator, target, '--contact', 'GONE');
  expect(found, found.stdout).toMatchObject({ code: 5, findings: ['orphan connections last'] });
});
