import { isSinkError, type StoreSink } from '@dbsync/core/contract';
import { sampleContact, sampleDeadLetter } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { loadStore } from '../harness/loaded-store.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { batchOf, claimOf, never, textField } from '../harness/sqlite-file.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { type CopyTarget, ENGINES, type EngineName } from '../harness/targets.ts';

interface OddValues {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
}

const ODD: OddValues = {
  numbers: ['NULL', '-1', '9223372036854775807', '-9223372036854775808'],
  texts: ['NULL', "''", "'[7]'"],
};
/** SQLite keeps any of them in a column of any type. */
const ODD_OF_SQLITE: OddValues = {
  numbers: [...ODD.numbers, "'no number'", '1.5', "x'00ff'"],
  texts: [...ODD.texts, "x'00ff'", 'zeroblob(3000000)'],
};

const NUMBERS: Readonly<Record<string, string>> = {
  sync_state: 'epoch lease_until writes',
  sync_columns: 'filled version',
  sync_requests: 'posted_at',
  dead_letters: 'attempts',
  sync_forgotten: 'forgotten_at',
};
const TEXTS: Readonly<Record<string, string>> = {
  sync_state: 'stream holder plan process progress',
  sync_columns: 'table_name field_key field column_name folded',
  sync_requests: 'stream request_key body',
  dead_letters: 'stream letter_key kind contact_key contact_id md5 code reason body first_seen_at $overflow',
  sync_forgotten: 'contact_hash salt erased',
};
const TABLES = Object.keys(TEXTS);
/** The rows to change, where it is not only all of them at once: some columns are unique. */
const ROWS: Readonly<Record<string, readonly string[]>> = {
  sync_columns: ['', "WHERE column_name = 'city'", "WHERE table_name = ''"],
};

const FIELDS = [textField('city')];

/** MySQL has the driver of MariaDB, and SQL Server is left out: the same code reads their cells. */
for (const engine of ENGINES.filter((name) => name !== 'mssql' && name !== 'mysql')) {
  for (const table of TABLES) {
    it(`${engine}: R36 any value in any cell of ${table} does no harm, or is reported with the statement that corrects it`, async () => {
      await using targets = await sharedTargets(engine);
      await using target = await targets.create();
      await prepare(target);
      const unreported: string[] = [];
      const changed = new Set<string>();
      for (const [column, odd] of cases(engine, table)) {
        for (const rows of ROWS[table] ?? ['']) {
          const isTaken = await change(
            target,
            `mcall_${table}`,
            `${databaseAt(target.url).quote(column)} = ${odd} ${rows}`,
          );
          if (!isTaken) continue;
          changed.add(column);
          await useAndRepair(target).catch((error: unknown) => unreported.push(`${column} = ${odd} ${rows}: ${error}`));
        }
      }
      expect(unreported).toEqual([]);
      expect([...changed].join(' ')).toBe(`${NUMBERS[table]} ${TEXTS[table]}`);
    });
  }

  it(`${engine}: R36 a version row that is gone while a daemon runs is made again`, async () => {
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const store = await open(target);
    onTestFinished(() => store.close());
    const claim = await claimOf(store);
    await databaseAt(target.url).run("DELETE FROM mcall_sync_columns WHERE table_name = ''");
    const contacts = [sampleContact('B')];
    const write = store.write(batchOf({ contacts }), claim, never);
    await expect(write).rejects.toMatchObject({ code: 'SQL_TABLES_MISSING', connectionLost: true });
    const next = await claimOf(store, { takeOverFrom: claim.holder });
    await store.readState('C1', never);
    await store.declareFields(FIELDS, never);
    expect((await store.write(batchOf({ contacts }), next, never)).inserted).toBeGreaterThan(0);
  });
}

function cases(engine: EngineName, table: string): readonly (readonly [column: string, odd: string])[] {
  const { numbers, texts } = engine === 'sqlite' ? ODD_OF_SQLITE : ODD;
  const of = (columns: string | undefined, values: readonly string[]) =>
    (columns ?? '').split(' ').flatMap((column) => values.map((odd) => [column, odd] as const));
  return [...of(NUMBERS[table], numbers), ...of(TEXTS[table], texts)];
}

async function open({ url }: CopyTarget): Promise<StoreSink> {
  const store = await loadStore(url);
  await store.open(never);
  await store.declareFields(FIELDS, never);
  return store;
}

/** Writes at least one row into each of the tables, as a killed daemon leaves them, and copies them. */
async function prepare(target: CopyTarget): Promise<void> {
  const store = await open(target);
  const claim = await claimOf(store);
  const contacts = [sampleContact('A', { values: { city: 'Rome' } })];
  await store.write(batchOf({ contacts, deadLetters: [sampleDeadLetter('K')] }), claim, never);
  await store.postRequest('C1', { key: 'r', kind: 'drop', deadLetterKey: 'K' }, never);
  await store.erasure?.forget(['gone'], never);
  await store.close();
  await databaseAt(target.url).run(
    ...TABLES.map((table) => `CREATE TABLE kept_${table} AS SELECT * FROM mcall_${table}`),
  );
}

/** Restores all rows of `prepare`, with a cell changed. False: the database refuses such a value. */
async function change({ url }: CopyTarget, table: string, to: string): Promise<boolean> {
  const database = databaseAt(url);
  const restored = TABLES.flatMap((name) => [
    `DELETE FROM mcall_${name}`,
    `INSERT INTO mcall_${name} SELECT * FROM kept_${name}`,
  ]);
  try {
    await database.run(...restored, `UPDATE ${table} SET ${to}`);
    return true;
  } catch {
    return false;
  }
}

/**
 * Does all that a daemon and an operator do, and again where core would repeat, or where the message names a statement.
 */
async function useAndRepair(target: CopyTarget): Promise<void> {
  try {
    await useAll(target);
  } catch (error) {
    if (!isSinkError(error)) throw error;
    const [, statement] = /run: (UPDATE .*)$/.exec(error.message) ?? [];
    if (error.code === 'SQL_STATE_UNREADABLE' && statement !== undefined) await databaseAt(target.url).run(statement);
    else if (!error.connectionLost) throw error;
    await useAll(target);
  }
}

async function useAll(target: CopyTarget): Promise<void> {
  const store = await open(target);
  try {
    const { heldBy } = await store.readState('C1', never);
    const claim = await claimOf(store, heldBy ? { takeOverFrom: heldBy.holder } : {});
    await store.readVersions(claim, ['A'], never);
    await store.listDeadLetters('C1', { ...never, limit: 10 });
    await store.postRequest('C1', { key: 'r2', kind: 'refetch', contactIds: ['A'] }, never);
    const settled = (await store.takeRequests(claim, never)).map(({ key }) => key);
    const contacts = [sampleContact('A', { values: { city: 'Paris' } })];
    await store.write(batchOf({ contacts, settled, deadLetters: [sampleDeadLetter('K')] }), claim, never);
    await store.renew(claim, never);
    await store.declareFields([...FIELDS, textField('street')], never);
    await store.erasure?.forget(['gone', 'also gone'], never);
    expect(await store.takeRequests(claim, never)).toEqual([]);
    await store.release(claim, never);
  } finally {
    await store.close();
  }
}
