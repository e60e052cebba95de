import { expect, it, onTestFinished } from 'vitest';
import { queryRows } from '../harness/compare/query-rows.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { claimOf, never, textField } from '../harness/sqlite-file.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES } from '../harness/targets.ts';

/** A number of rows, more than one call fills, so that a pass stands in the middle of the table. */
const ROWS = 11_000;
const ROWS_OF_STATEMENT = 2_000;
const CITY = 'a city with a name of more than twenty signs';
const NARROW = { postgres: 'ALTER city TYPE varchar(20)', mysql: 'MODIFY city varchar(20)' };

/** SQLite has no narrow texts. */
for (const engine of ENGINES.filter((name) => name !== 'sqlite' && name !== 'mssql')) {
  it(`${engine}: R21 a pass whose column grows wider begins again, so that no row keeps a cut value`, async () => {
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const { run, quote } = databaseAt(target.url);
    const [id, overflow] = [quote('$id'), quote('$overflow')];
    const open = async () => {
      const store = await loadStore(target.url);
      onTestFinished(() => store.close());
      await store.open(never);
      return store;
    };
    const countWhole = async () => {
      const whole = `SELECT count(*) FROM mcall_contacts WHERE city = '${CITY}' AND ${overflow} IS NULL`;
      return Number((await queryRows(target.url, whole))[0]?.[0]);
    };
    await (await open()).declareFields([textField('city')], never);
    await run(`ALTER TABLE mcall_contacts ${engine === 'postgres' ? NARROW.postgres : NARROW.mysql}`);
    for (let from = 0; from < ROWS; from += ROWS_OF_STATEMENT) {
      const count = Math.min(ROWS_OF_STATEMENT, ROWS - from);
      const rows = Array.from(
        { length: count },
        (_, row) => `('old-${String(from + row).padStart(6, '0')}', '${CITY.slice(0, 20)}', '{"city":"${CITY}"}')`,
      );
      await run(`INSERT INTO mcall_contacts (${id}, city, ${overflow}) VALUES ${rows.join(', ')}`);
    }
    await run(`UPDATE mcall_sync_columns SET filled = 0 WHERE column_name = 'city'`);

    const store = await open();
    const claim = await claimOf(store);
    expect(await store.filling?.fill(claim, never)).toMatchObject({ done: 10_000 });
    expect(await countWhole()).toBe(0);
    expect(await store.declareFields([textField('city')], never)).toMatchObject([{ column: 'city', change: 'widen' }]);
    expect(await countWhole(), 'a pass that is so far goes on beside the copy').toBe(0);
    expect(await store.filling?.fill(claim, never)).toMatchObject({ done: 10_000 });
    expect(await store.filling?.fill(claim, never)).toMatchObject({ done: ROWS });
    expect(await store.filling?.fill(claim, never)).toBeNull();
    expect(await countWhole()).toBe(ROWS);
  });
}
