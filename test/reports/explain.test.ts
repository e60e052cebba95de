import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { dbsync } from '../harness/command/copy-commands.ts';
import { queryRows } from '../harness/compare/query-rows.ts';
import { ENGINES, type EngineName, openTargets, withParameters } from '../harness/targets.ts';

const FOLDER = join(import.meta.dirname, '../../examples/reports');

/** A question that people ask of the tables, by the end of the name of the index that answers it. */
const QUESTIONS: Readonly<Record<string, string>> = {
  transactions_fired: 'SELECT count(*) FROM mcall_transactions WHERE fired >= :from AND fired < :to',
  transactions_by_contact: "SELECT fired FROM mcall_transactions WHERE contact_id = 'A1' ORDER BY fired",
  connections_started: 'SELECT count(*) FROM mcall_connections WHERE started >= :from AND started < :to',
  connections_by_contact: "SELECT id FROM mcall_connections WHERE contact_id = 'A1'",
  connections_by_user: `SELECT id FROM mcall_connections WHERE "user" = 'agent.1' AND started >= :from AND started < :to`,
  recordings_by_contact: "SELECT location FROM mcall_recordings WHERE contact_id = 'A1'",
  inbound_calls_started: 'SELECT count(*) FROM mcall_inbound_calls WHERE started >= :from AND started < :to',
  inbound_calls_by_number: "SELECT id FROM mcall_inbound_calls WHERE remote_number = '+4930123'",
  contacts_phone: `SELECT "$id" FROM mcall_contacts WHERE "$phone" = '+4930123'`,
  contacts_follow_up: 'SELECT "$id" FROM mcall_contacts WHERE "$follow_up_date" >= :from AND "$follow_up_date" < :to',
  contacts_status: `SELECT "$id" FROM mcall_contacts WHERE "$status" = 'never seen'`,
  contacts_changed: 'SELECT "$id" FROM mcall_contacts WHERE "$changed" >= :to',
  transactions_changed: 'SELECT id FROM mcall_transactions WHERE "$changed" >= :to',
  connections_changed: 'SELECT id FROM mcall_connections WHERE "$changed" >= :to',
  recordings_changed: 'SELECT id FROM mcall_recordings WHERE "$changed" >= :to',
  inbound_calls_changed: 'SELECT id FROM mcall_inbound_calls WHERE "$changed" >= :to',
};

/** The reports that ask for a part of a table; the nine others read all rows. */
const REPORTS: Readonly<Record<string, readonly string[]>> = {
  'attempts-by-status': ['transactions_by_contact'],
  'follow-ups': ['transactions_by_contact'],
  'untouched-contacts': ['transactions_by_contact', 'contacts_status'],
};

/** Returns the plan that the engine makes for a query, as one text, with the indexes that it may take on MariaDB and MySQL. */
async function planOf(engine: EngineName, url: string, text: string): Promise<string> {
  const isMysql = engine === 'mariadb' || engine === 'mysql';
  const query = isMysql ? text.replaceAll('"', '`') : text;
  const explain = isMysql ? 'EXPLAIN FORMAT = TRADITIONAL' : engine === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
  return (await queryRows(plannerAt(engine, url), `${explain} ${query}`)).map((row) => row.join(' ')).join('\n');
}

/** Few rows fit one page, which PostgreSQL would rather read whole: it plans as if that were dear. */
function plannerAt(engine: EngineName, url: string): string {
  return engine === 'postgres' ? withParameters(url, { options: '-c enable_seqscan=off' }) : url;
}

for (const engine of ENGINES.filter((name) => name !== 'mssql')) {
  it(`R39 ${engine}: each question is answered by its index, and each report of a part by those it can use`, async () => {
    const simulator = await startSimulator({ contacts: 400, inboundCalls: 100, historyDays: 90 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    expect(await dbsync(simulator, target, ['--mode', 'db_init'])).toMatchObject({ code: 0 });
    expect(await dbsync(simulator, target, ['views', 'install'])).toMatchObject({ code: 0 });
    for (const [index, question] of Object.entries(QUESTIONS)) {
      const text = question.replaceAll(':from', "'2027-01-01'").replaceAll(':to', "'2027-01-02'");
      expect(await planOf(engine, target.url, text), index).toContain(`mcall_${index}`);
    }
    for (const [report, indexes] of Object.entries(REPORTS)) {
      const text = readFileSync(join(FOLDER, `${report}.sql`), 'utf8').replace(/^--.*\n/, '');
      const plan = await planOf(engine, target.url, text);
      for (const index of indexes) expect(plan, report).toContain(`mcall_${index}`);
    }
  });
}
