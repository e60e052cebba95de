import { guardStore } from '@dbsync/core';
import type { StoreSink } from '@dbsync/core/contract';
import { startSimulator } from '@dbsync/simulator';
import { createSink as createMysqlSink } from '@dbsync/sink-mysql';
import { createSink as createPostgresSink } from '@dbsync/sink-postgres';
import { expect, it, onTestFinished } from 'vitest';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import type { Difference } from '../harness/compare/difference.ts';
import { queryRows } from '../harness/compare/query-rows.ts';
import { type Dbsync2Server, dbsync2Tables, statementsOf } from '../harness/dbsync2-tables.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { serverTarget } from '../harness/servers/server-target.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES } from '../harness/targets.ts';

/**
 * Objects that customers built on the tables of the old client: all of them stay, and are in use while dbsync takes the
 * tables over.
 */
const BUILT: Readonly<Record<Dbsync2Server, readonly string[]>> = {
  postgres: [
    `CREATE VIEW calls_by_agent AS SELECT t."user", t.status, count(*) AS calls, sum(c.duration) AS seconds
       FROM mcall_transactions t JOIN mcall_connections c ON c.transaction_id = t.id GROUP BY 1, 2`,
    `CREATE VIEW agents AS SELECT "user", sum(calls) AS calls FROM calls_by_agent GROUP BY 1`,
    `CREATE MATERIALIZED VIEW contacts_by_task AS SELECT "$task", "$status", "$owner", count(*) AS contacts
       FROM mcall_contacts GROUP BY 1, 2, 3`,
    'CREATE TABLE noted (id text, at text)',
    `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO noted VALUES (new."$id", new."$changed"); RETURN new; END $$`,
    'CREATE TRIGGER noted AFTER UPDATE OF "$phone" ON mcall_contacts FOR EACH ROW EXECUTE FUNCTION note()',
    'CREATE INDEX by_fired ON mcall_transactions (fired)',
    'CREATE INDEX by_day ON mcall_connections (left(started, 10))',
    'CREATE INDEX by_phone ON mcall_contacts ("$phone") WHERE "$status" IS NOT NULL',
  ],
  mariadb: [
    `CREATE VIEW calls_by_agent AS SELECT t.user, t.status, count(*) AS calls, sum(c.duration) AS seconds
       FROM mcall_transactions t JOIN mcall_connections c ON c.transaction_id = t.id GROUP BY 1, 2`,
    'CREATE VIEW agents AS SELECT user, sum(calls) AS calls FROM calls_by_agent GROUP BY 1',
    'CREATE VIEW contacts_by_task AS SELECT `$task`, `$status`, `$owner`, count(*) AS contacts FROM mcall_contacts GROUP BY 1, 2, 3',
    'CREATE TABLE noted (id varchar(50), at varchar(50))',
    'CREATE TRIGGER noted AFTER UPDATE ON mcall_contacts FOR EACH ROW INSERT INTO noted VALUES (new.`$id`, new.`$changed`)',
    'CREATE INDEX by_fired ON mcall_transactions (fired)',
    'CREATE INDEX by_status ON mcall_transactions (status, user)',
    'CREATE INDEX by_phone ON mcall_contacts (`$phone`)',
  ],
};

/** Reports from the time before dbsync: each gives the same rows afterwards. Names are quoted for PostgreSQL. */
const REPORTS = [
  'SELECT * FROM calls_by_agent ORDER BY 1, 2',
  'SELECT * FROM agents ORDER BY 1',
  'SELECT * FROM contacts_by_task ORDER BY 1, 2, 3',
  `SELECT substr(fired, 1, 10) AS day, count(*) AS calls FROM mcall_transactions WHERE fired >= '2020-01-01' GROUP BY 1 ORDER BY 1`,
  `SELECT count(*) AS good FROM mcall_contacts JOIN mcall_transactions ON contact_id = "$id" WHERE mcall_transactions.status = 'success'`,
  'SELECT count(*) AS hi FROM mcall_transactions WHERE "isHI"',
  `SELECT "isThirdPartyConnection", count(*) AS calls FROM mcall_connections GROUP BY 1 ORDER BY 1`,
  `SELECT count(*) AS recorded FROM mcall_recordings r JOIN mcall_connections c ON c.id = r.connection_id WHERE c.started <= r.started`,
  'SELECT task_name, state, count(*) AS calls FROM mcall_inbound_calls GROUP BY 1, 2 ORDER BY 1, 2',
];

for (const engine of ENGINES.filter((name) => name === 'postgres' || name === 'mariadb')) {
  it(`${engine}: R35 takes over tables of dbsync2 1.15 with views, triggers and indexes on top, whole, and reports give the same rows`, async () => {
    const simulator = await startSimulator({ contacts: 15, inboundCalls: 5 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const { run, quote, columns } = databaseAt(target.url);
    const server = engine === 'postgres' ? 'postgres' : 'mariadb';
    const reports = () =>
      Promise.all(
        REPORTS.map((report) =>
          queryRows(
            target.url,
            report.replaceAll(/"([^"]+)"/g, (_, name) => quote(name)),
          ),
        ),
      );

    for (const statement of statementsOf(dbsync2Tables(server, 'mcall_'))) await run(statement);
    await startRun({ simulator, store: formerStore(target.url) }).done;
    for (const table of ['sync_state', 'sync_columns', 'sync_requests', 'dead_letters'])
      await run(`DROP TABLE mcall_${table}`);
    for (const table of ['contacts', 'transactions', 'connections', 'recordings', 'inbound_calls'] as const) {
      for (const column of await columns(table)) {
        if (column === '$sync' || column === '$overflow')
          await run(`ALTER TABLE mcall_${table} DROP COLUMN ${quote(column)}`);
      }
    }
    for (const statement of BUILT[server]) await run(statement);
    const before = await reports();
    expect(REPORTS.filter((_, index) => before[index]?.length === 0)).toEqual([]);

    const { totals } = await startRun({ simulator, store: await loadStore(target.url) }).done;
    expect(totals.contactsFetched).toBe(totals.contactsListed);
    if (server === 'postgres') await run('REFRESH MATERIALIZED VIEW contacts_by_task');
    expect(await reports()).toEqual(before);
    const truth = `${simulator.url}/__truth`;
    const { differences } = await target.read((copy) => compareWithTruth(truth, copy));
    expect(differences.length).toBeLessThan(50);
    expect(differences.filter((difference) => !isFormerBoolean(difference))).toEqual([]);
    expect((await startRun({ simulator, store: await loadStore(target.url) }).done).totals.contactsFetched).toBe(0);
  });
}

/** A store that writes as the old client did: its types, its forms. */
function formerStore(url: string): StoreSink {
  const target = serverTarget(url, { 'column-types': 'dbsync2' });
  return guardStore(url.startsWith('postgres') ? createPostgresSink(target) : createMysqlSink(target));
}

/** True for a boolean in a text column, which keeps the old client's `1` and `0`. */
function isFormerBoolean({ expected, found }: Difference): boolean {
  return typeof expected === 'boolean' && found === (expected ? '1' : '0');
}
