import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { queryRows } from '../harness/compare/query-rows.ts';
import { EARLIER_CAMPAIGN, earlierCopy } from '../harness/earlier-release.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES } from '../harness/targets.ts';

/** A number of rows, more than a start fills before it begins to copy. */
const OLD_ROWS = 32_000;
const ROWS_OF_STATEMENT = 4_000;

for (const engine of ENGINES) {
  if (engine === 'mssql') continue;
  it(`${engine}: R21 fills the columns of a copy of the release before while db_sync runs, and fetches nothing again`, async () => {
    const simulator = await startSimulator(EARLIER_CAMPAIGN);
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const { run, quote } = databaseAt(target.url);
    const quoted = (text: string) => text.replaceAll(/"([^"]+)"/g, (_, name) => quote(name));
    const query = (text: string) => queryRows(target.url, quoted(text));
    const countUnfilled = async () =>
      Number((await query('SELECT count(*) FROM mcall_sync_columns WHERE filled = 0'))[0]?.[0]);
    for (const statement of earlierCopy(engine)) await run(statement);
    await run(quoted(`INSERT INTO mcall_contacts ("$id", "$campaign_id") VALUES ('OLD', 'OTHER')`));
    for (let from = 0; from < OLD_ROWS; from += ROWS_OF_STATEMENT) {
      const rows = Array.from({ length: ROWS_OF_STATEMENT }, (_, row) => oldRow(from + row)).join(', ');
      await run(`INSERT INTO mcall_transactions (id, contact_id, ${quote('$overflow')}) VALUES ${rows}`);
    }

    const first = startRun({ mode: 'db_sync', simulator, store: await loadStore(target.url), intervalMs: 1_000 });
    await first.next('filling', ({ what }) => what === 'mcall_transactions');
    await first.stop();
    expect(await countUnfilled()).toBeGreaterThan(0);

    const second = startRun({ mode: 'db_sync', simulator, store: await loadStore(target.url), intervalMs: 1_000 });
    const listed = second.next('part-done', ({ part }) => part === 'listing');
    await expect.poll(countUnfilled, { timeout: 120_000 }).toBe(0);
    await listed;
    const { totals } = await second.stop();

    expect(totals.contactsFetched).toBe(0);
    const codes = [...first.events, ...second.events].flatMap((event) => (event.type === 'notice' ? [event.code] : []));
    expect(codes).not.toContain('SQL_ROWS_LOST');
    expect(codes).not.toContain('API_MD5_UNRELIABLE');
    const steps = second.events.flatMap((event) => (event.type === 'filling' ? [event] : []));
    expect(steps[0]?.done, 'the second process continues where the first one was').toBeGreaterThan(5_000);

    const wrong = `contact_id = 'OLD' AND (campaign_id IS NULL OR campaign_id <> 'OTHER' OR "$overflow" IS NOT NULL
      OR sequence_nr IS NULL OR wait_time_sec <> 7.5 OR phone <> '+49 30 1' OR data IS NULL)`;
    expect(await query(`SELECT id FROM mcall_transactions WHERE ${wrong}`)).toEqual([]);
    await run(`DELETE FROM mcall_transactions WHERE contact_id = 'OLD'`);
    await run(quoted(`DELETE FROM mcall_contacts WHERE "$id" = 'OLD'`));
    const { differences, rows } = await target.read((copy) => compareWithTruth(`${simulator.url}/__truth`, copy));
    expect(differences).toEqual([]);
    expect(rows).toBeGreaterThan(20);
    for (const table of ['transactions', 'connections']) {
      const campaigns = await query(`SELECT DISTINCT campaign_id FROM mcall_${table}`);
      expect(campaigns, table).toEqual([[simulator.campaign]]);
    }
    for (const table of ['transactions', 'connections', 'recordings']) {
      expect(await query(`SELECT id FROM mcall_${table} WHERE "$overflow" IS NOT NULL`), table).toEqual([]);
    }
  });
}

/** Returns the values of a transaction as the release before stored it: without columns, all stands in `$overflow`. */
function oldRow(nr: number): string {
  const values = { data: { interest: 'yes' }, phone: '+49 30 1', sequence_nr: nr, wait_time_sec: 7.5 };
  return `('old-${String(nr).padStart(6, '0')}', 'OLD', '${JSON.stringify(values)}')`;
}
