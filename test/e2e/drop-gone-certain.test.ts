import { startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { dbsync, verify } from '../harness/command/copy-commands.ts';
import { startRun } from '../harness/observed-run.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { openTargets } from '../harness/targets.ts';

it('R38 --drop-gone keeps the rows of a contact whose body could not be fetched', async () => {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 20, clock });
  onTestFinished(() => simulator.close());
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  const run = startRun({ simulator, store: createMemoryStore(target), clock, mode: 'db_sync' });
  await run.next('cycle');
  const records = [...target.contacts].map(([id, contact]) => ({ id, transactions: contact.tree.transactions }));
  const broken = records.find(({ transactions }) => transactions.some(({ connections }) => connections.length > 0));
  const lost = broken?.transactions.find(({ connections }) => connections.length > 0);
  const present = records.find(({ id }) => id !== broken?.id)?.id ?? '';
  target.messages.push({ record: `transactions ${lost?.id}`, gone: true });
  target.ledger.delete(`transactions ${lost?.id}`);
  const below = lost?.connections.map(({ id }) => `connections ${id}`) ?? [];
  expect(below.filter((record) => target.ledger.has(record))).toEqual(below);
  const contactIds = [broken?.id ?? ''];
  simulator.faults.set([{ kind: 'poison', status: 400, ids: contactIds, endpoint: 'contacts' }]);
  const requests = target.streams.get(simulator.campaign)?.requests;
  requests?.set('drop', { key: 'drop', kind: 'drop-gone', contactIds, present });
  const cycle = run.next('cycle');
  clock.jump(60_000);
  await cycle;
  expect(requests?.size).toBe(0);
  expect(below.filter((record) => target.ledger.has(record))).toEqual(below);
  await run.stop();
});

it('R38 --drop-gone of a copy that begins at a time deletes rows without a parent, and not the contacts that they name', async () => {
  const simulator = await startSimulator({ contacts: 30 });
  onTestFinished(() => simulator.close());
  await using targets = await openTargets('sqlite');
  await using target = await targets.create();
  const since = ['--since', '2020-01-01T00:00:00Z'];
  expect(await dbsync(simulator, target, ['--mode', 'db_init', ...since])).toMatchObject({ code: 0 });
  const gone = String(simulator.activity.step(1, 'delete-contact')[0]?.contactId);
  const insert = `INSERT INTO mcall_connections (id, contact_id, transaction_id) VALUES ('loose', '${gone}', 'none')`;
  await databaseAt(target.url).run(insert);
  const found = await verify(simulator, target);
  expect(found, found.stdout).toMatchObject({ findings: ['orphan connections loose'] });
  const dropped = await verify(simulator, target, '--drop-gone', '--yes');
  expect(dropped.stdout).toContain('"type":"drop-gone"');
  const rows = await target.read((copy) => copy.rowsOf('contacts', [gone]));
  expect(rows).toHaveLength(1);
  expect(await target.read((copy) => copy.rowsOf('connections', ['loose']))).toEqual([]);
});

it('R38 --drop-gone leaves rows without a parent where rows name another campaign, also one that dbsync does not copy', async () => {
  const simulator = await startSimulator({ contacts: 30 });
  onTestFinished(() => simulator.close());
  await using targets = await openTargets('sqlite');
  await using target = await targets.create();
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  await databaseAt(target.url).run(
    `INSERT INTO mcall_contacts ("$id", "$campaign_id") VALUES ('theirs', 'OTHER')`,
    "INSERT INTO mcall_connections (id, contact_id, transaction_id) VALUES ('early', 'their-next', 'their-transaction')",
  );
  const dropped = await verify(simulator, target, '--drop-gone', '--yes');
  expect(dropped, dropped.stdout).toMatchObject({ code: 5, findings: ['orphan connections early'] });
});
