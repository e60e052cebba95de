import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { tickBetweenCalls } from '../harness/clocks/tick-between-calls.ts';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { type CopyTarget, ENGINES } from '../harness/targets.ts';

/** Triggers of another program that fail for one contact, with an error that is in no list. */
const TRIGGERS: Readonly<Record<string, (id: string) => readonly string[]>> = {
  postgres: (id) => [
    `CREATE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW."$id" = '${id}' THEN RAISE EXCEPTION 'odd' USING ERRCODE = 'ZZ001'; END IF; RETURN NEW; END $$`,
    'CREATE TRIGGER odd BEFORE INSERT OR UPDATE ON mcall_contacts FOR EACH ROW EXECUTE FUNCTION odd()',
  ],
  mysql: (id) => [
    `CREATE TRIGGER odd BEFORE INSERT ON mcall_contacts FOR EACH ROW BEGIN
      IF NEW.\`$id\` = '${id}' THEN SIGNAL SQLSTATE 'ZZ001' SET MYSQL_ERRNO = 4711, MESSAGE_TEXT = 'odd'; END IF; END`,
  ],
  sqlite: (id) => [
    `CREATE TRIGGER odd BEFORE INSERT ON mcall_contacts WHEN NEW."$id" = '${id}' BEGIN SELECT json('no json'); END`,
  ],
};

/** SQL Server is left out: here only its sink writes to it. */
for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`${engine}: R34 a contact that fails alone with an unknown error is a dead letter, and all others are copied`, async () => {
    const simulator = await startSimulator({ contacts: 40, inboundCalls: 5 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const init = async () => startRun({ simulator, store: await loadStore(target.url) });
    await (await init()).done;
    const bad = await firstContact(target);
    const { run } = databaseAt(target.url);
    const triggers = TRIGGERS[engine] ?? TRIGGERS.mysql;
    const tables = ['recordings', 'connections', 'transactions', 'contacts'];
    await run(...tables.map((table) => `DELETE FROM mcall_${table}`), ...(triggers?.(bad) ?? []));
    const second = await init();
    await second.done;
    const letters = second.events.filter((event) => event.type === 'dead-letter');
    expect(letters).toMatchObject([{ contactId: bad, reason: expect.stringContaining('odd') }]);
    expect(await target.read((copy) => copy.count('contacts'))).toBe(39);
    await run(engine === 'postgres' ? 'DROP TRIGGER odd ON mcall_contacts' : 'DROP TRIGGER odd');
    await (await init()).done;
    const { differences } = await target.read((copy) => compareWithTruth(`${simulator.url}/__truth`, copy));
    expect(differences).toEqual([]);
  });

  it(`${engine}: R34 the only contact that changes is a dead letter after minutes of an unknown error, and the daemon goes on`, async () => {
    const simulator = await startSimulator({ contacts: 10 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    await startRun({ simulator, store: await loadStore(target.url) }).done;
    const clock = createVirtualClock();
    using ticking = tickBetweenCalls(clock);
    const store = ticking.watch(await loadStore(target.url));
    const sync = startRun({ simulator, store, mode: 'db_sync', clock });
    await Promise.all([sync.next('cycle'), sync.next('part-done', ({ part }) => part === 'listing')]);
    const [bad] = simulator.activity.step(1, 'edit');
    const id = bad?.contactId ?? '';
    await databaseAt(target.url).run(...((TRIGGERS[engine] ?? TRIGGERS.mysql)?.(id) ?? []));
    ticking.begin(2_000);
    expect(await sync.next('dead-letter')).toMatchObject({ contactId: id, reason: expect.stringContaining('odd') });
    simulator.activity.step(1, 'new-contact');
    await sync.next('progress', ({ batch }) => batch.inserted > 0);
    await sync.stop();
  });
}

function firstContact(target: CopyTarget): Promise<string> {
  return target.read(async (copy) => {
    for await (const id of copy.ids('contacts')) return id;
    throw new Error('There are no contacts');
  });
}
