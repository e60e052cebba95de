import type { StoreSink } from '@dbsync/core/contract';
import { sampleContact, sampleProgress } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { loadStore } from '../harness/loaded-store.ts';
import { createOutboxFile } from '../harness/outbox-file.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { batchOf, claimOf, never, textField } from '../harness/sqlite-file.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES, type EngineName } from '../harness/targets.ts';

/** The statements that keep rows of a table from being deleted, and that let them go again. */
type Stuck = (table: string) => { readonly hold: readonly string[]; readonly free: string };

const SQLITE: Stuck = (table) => ({
  hold: [`CREATE TRIGGER stuck BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, 'the row is held'); END`],
  free: 'DROP TRIGGER stuck',
});
const MYSQL: Stuck = (table) => ({
  hold: [`CREATE TRIGGER stuck BEFORE DELETE ON ${table} FOR EACH ROW SIGNAL SQLSTATE '45000'`],
  free: 'DROP TRIGGER stuck',
});
const STUCK: Readonly<Partial<Record<EngineName, Stuck>>> = {
  sqlite: SQLITE,
  mariadb: MYSQL,
  mysql: MYSQL,
  postgres: (table) => ({
    hold: [
      "CREATE OR REPLACE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'the row is held'; END$$",
      `CREATE TRIGGER stuck BEFORE DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION stuck()`,
    ],
    free: `DROP TRIGGER stuck ON ${table}`,
  }),
};

interface Place {
  readonly store: StoreSink;
  run(...statements: readonly string[]): Promise<void>;
  readonly stuck: Stuck;
  readonly contacts: string;
  readonly forgotten: string;
}

/** Fails a removal and an undo, each at its last step, and asks again. */
async function failAndAskAgain({ store, run, stuck, contacts, forgotten }: Place): Promise<void> {
  await store.declareFields([textField('city')], never);
  const claim = await claimOf(store);
  const written = ['A1', 'B1'].map((id) => sampleContact(id));
  await store.write(batchOf({ contacts: written, progress: sampleProgress(1) }), claim, never);
  const { erasure } = store;
  if (erasure === undefined) throw new Error('The store forgets contacts');
  const keptOut = async () => {
    const versions = await store.readVersions(claim, ['A1', 'B1'], never);
    return [...versions]
      .filter(([, { forgotten: isOut }]) => isOut)
      .map(([id]) => id)
      .sort();
  };
  const outcomes = async () => (await erasure.readForgotten(['A1', 'B1'], never)).map(({ erased }) => erased !== null);

  const held = stuck(contacts);
  await run(...held.hold);
  await expect(erasure.forget(['A1', 'B1'], never)).rejects.toThrow();
  expect(await keptOut(), 'the marks come first').toEqual(['A1', 'B1']);
  expect(await outcomes(), 'nothing half forgotten counts as done').toEqual([false, false]);
  await store.write(batchOf({ contacts: written }), claim, never);
  await run(held.free);
  const erased = await erasure.forget(['A1', 'B1'], never);
  expect(erased).toMatchObject([{ erased: { contacts: 1 } }, { erased: { contacts: 1 } }]);
  expect(await outcomes()).toEqual([true, true]);

  const marked = stuck(forgotten);
  await run(...marked.hold);
  await expect(erasure.remember(['A1', 'B1'], never)).rejects.toThrow();
  expect(await keptOut(), 'an undo that failed lets none in').toEqual(['A1', 'B1']);
  await run(marked.free);
  await erasure.remember(['A1', 'B1'], never);
  expect(await keptOut()).toEqual([]);
}

for (const engine of ENGINES) {
  const stuck = STUCK[engine];
  if (stuck === undefined) continue;
  it(`${engine}: R37 a contact whose removal fails is kept out, is not reported as gone, and can be forgotten again`, async () => {
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const store = await loadStore(target.url);
    onTestFinished(() => store.close());
    await store.open(never);
    const { run } = databaseAt(target.url);
    await failAndAskAgain({ store, run, stuck, contacts: 'mcall_contacts', forgotten: 'mcall_sync_forgotten' });
  });
}

it('outbox: R37 a contact whose removal fails is kept out, is not reported as gone, and can be forgotten again', async () => {
  await using file = createOutboxFile();
  const { store } = await file.open();
  const run = async (...statements: readonly string[]) => file.exec(statements.join(';'));
  await failAndAskAgain({ store, run, stuck: SQLITE, contacts: 'contacts', forgotten: 'forgotten' });
});
