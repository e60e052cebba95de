import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { dbsync, verify } from '../harness/command/copy-commands.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { openTargets } from '../harness/targets.ts';

it('R38 verify --repair --drop-gone deletes what is gone where each contact that it fetched again is gone', async () => {
  const simulator = await startSimulator({ contacts: 20 });
  onTestFinished(() => simulator.close());
  await using targets = await openTargets('sqlite');
  await using target = await targets.create();
  expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
  const gone = String(simulator.activity.step(1, 'delete-contact')[0]?.contactId);
  await databaseAt(target.url).run(
    `INSERT INTO mcall_connections (id, contact_id, transaction_id) VALUES ('loose', '${gone}', 'none')`,
  );
  const dropped = await verify(simulator, target, '--repair', '--drop-gone', '--yes');
  expect(dropped, dropped.stdout).toMatchObject({ code: 0, findings: [], summary: { differences: 0 } });
  expect(await target.read((copy) => copy.rowsOf('contacts', [gone]))).toEqual([]);
});
