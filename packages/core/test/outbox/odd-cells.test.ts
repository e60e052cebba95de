import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepareOutbox, runSql, useAndRepair } from '../../../../test/harness/odd-outbox.ts';
import { SCHEMA_STEPS } from '../../src/outbox/file/outbox-schema.ts';

/** Cells that the file refuses, by the type of the column, are left out. */
const ODD = ['NULL', '1', '9223372036854775807', '-9223372036854775808', "'[7]'", "x'00ff'"];
/** The tables of a new file, so that a table of a later version is tried too. */
const TABLES = [...SCHEMA_STEPS.join('').matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name ?? '');

let folder: string;
let prepared: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dbsync-odd-'));
  prepared = join(folder, 'prepared.sqlite');
  await prepareOutbox(prepared);
});
afterAll(() => rmSync(folder, { recursive: true }));

for (const table of TABLES) {
  it(`R36 any value in any cell of ${table} of an outbox does no harm, or is reported with the statement that corrects it`, async () => {
    await tryAll(table, 'before');
  });
  it(`R36 any value that gets into ${table} of an outbox while a claim holds does no harm, or is reported in the same way`, async () => {
    await tryAll(table, 'after');
  });
}

/**
 * Tries each value in each column. A stream that gets another name while a claim holds is another stream.
 * @param when whether the change is made before the claim or after it
 */
async function tryAll(table: string, when: 'before' | 'after'): Promise<void> {
  const unreported: string[] = [];
  let tried = 0;
  for (const [column, odd] of cellsOf(table)) {
    const file = join(folder, `${table}.sqlite`);
    const isTaken = (at: string) => change(at, table, column, odd);
    copyFileSync(prepared, file);
    if (!isTaken(file) || (when === 'after' && table === 'streams' && column === 'stream')) continue;
    if (when === 'after') copyFileSync(prepared, file);
    tried += 1;
    const afterClaim = when === 'after' ? () => void isTaken(file) : () => {};
    await useAndRepair(file, { column, afterClaim }).catch((error: unknown) =>
      unreported.push(`${column} = ${odd}: ${error}`),
    );
  }
  expect(unreported).toEqual([]);
  expect(tried).toBeGreaterThan(0);
}

const WITHOUT_ROWID: Readonly<Record<string, string>> = {
  contacts: 'contact',
  ledger: 'transaction_id',
  forgotten: 'contact_hash',
};

/** Changes one cell of the table's first row. Returns false if the file keeps such a value out. */
function change(file: string, table: string, column: string, odd: string): boolean {
  try {
    const key = WITHOUT_ROWID[table] ?? 'rowid';
    runSql(
      file,
      `UPDATE ${table} SET ${column} = ${odd} WHERE ${key} = (SELECT ${key} FROM ${table} ORDER BY 1 LIMIT 1)`,
    );
    return true;
  } catch {
    return false;
  }
}

function cellsOf(table: string): readonly (readonly [column: string, odd: string])[] {
  using database = new DatabaseSync(prepared);
  const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
  return columns.flatMap(({ name }) => ODD.map((odd) => [String(name), odd] as const));
}
