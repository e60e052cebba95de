import { isSinkError, type StoreSink } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { afterEach, expect, it } from 'vitest';
import { postgresOfEachTest } from '../../../test/harness/servers/postgres-of-each-test.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf, textField } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
const database = postgresOfEachTest(createSink);
/** Rights on a schema for an account that makes tables. */
const OWNER = 'GRANT USAGE, CREATE ON SCHEMA public TO';
const WRITER = 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO';

const opened: StoreSink[] = [];
afterEach(async () => {
  for (const sink of opened.splice(0)) await sink.close();
});

/** Makes an account whose name has to be quoted. Returns the name, quoted, and the address of a login. */
async function createRole(): Promise<{ readonly role: string; readonly url: string }> {
  const called = `Db "sync" of ${new URL(database.url).pathname.slice(6, 14)}`;
  const role = `"${called.replaceAll('"', '""')}"`;
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret word'`);
  const url = Object.assign(new URL(database.url), { username: encodeURIComponent(called), password: 'secret word' });
  return { role, url: url.href };
}

/** Lists dead letters, as a command that only looks does. */
async function letters(url: string): Promise<unknown> {
  const sink = sinkAt(url, true);
  await sink.open(options);
  return sink.listDeadLetters('C1', { ...options, limit: 1 });
}

function sinkAt(url: string, onlyLooks = false): StoreSink {
  const sink = createSink({ ...serverTarget(url), onlyLooks });
  opened.push(sink);
  return sink;
}

/** Returns the statements that the error names. */
async function statementsOf(failing: Promise<unknown>): Promise<readonly string[]> {
  const error = await failing.catch((thrown: unknown) => thrown);
  if (!isSinkError(error)) throw new Error(`It did not fail as it should: ${error}`);
  expect(error).toMatchObject({ code: 'POSTGRES_PRIVILEGE_MISSING', verdict: 'fatal', outcome: 'not-committed' });
  expect(error.message).not.toContain('secret');
  const [, statements = ''] = error.message.split('. Grant it: ');
  return statements.split('; ');
}

it('names statements that give all tables and views back after a restore under another owner', async () => {
  const { role, url } = await createRole();
  const owner = await database.open([textField('city')]);
  await owner.viewing?.installViews({ timeZone: 'UTC' }, options);
  await database.query(`${OWNER} ${role}`);
  const statements = await statementsOf(letters(url));
  expect(statements).toContain(`ALTER TABLE "public"."mcall_sync_state" OWNER TO ${role}`);
  expect(statements).toContain(`ALTER VIEW "public"."mcall_v_calls" OWNER TO ${role}`);
  expect(statements).toHaveLength(13 + 6);
  expect(await statementsOf(sinkAt(url).open(options))).toEqual(statements);
  await database.query(statements.join('; '));
  const sink = sinkAt(url);
  await sink.open(options);
  await sink.declareFields([textField('city'), textField('street')], options);
  await sink.write(batchOf({ contacts: [sampleContact('A1')] }), await claimOf(sink), options);
});

it('names the one table of which a writer or a reader lacks a right, and no more rights than it needs', async () => {
  const { role, url } = await createRole();
  await database.open([]);
  await database.query(`GRANT USAGE ON SCHEMA public TO ${role}; ${WRITER} ${role}`);
  const sink = sinkAt(url);
  await sink.open(options);
  await sink.declareFields([], options);
  const claim = await claimOf(sink);
  await database.query(`REVOKE UPDATE, INSERT ON mcall_contacts FROM ${role}`);
  const write = () => sink.write(batchOf({ contacts: [sampleContact('A1')] }), claim, options);
  const statements = await statementsOf(write());
  expect(statements).toEqual([`GRANT INSERT, UPDATE ON "public"."mcall_contacts" TO ${role}`]);
  await database.query(statements.join('; '));
  await write();

  await database.query(`REVOKE ALL ON mcall_dead_letters FROM ${role}`);
  expect(await statementsOf(letters(url))).toEqual([`GRANT SELECT ON "public"."mcall_dead_letters" TO ${role}`]);
});

it('names the statement for a column that only the owner of a table can add', async () => {
  const { role, url } = await createRole();
  await database.open([]);
  await database.query(`GRANT USAGE ON SCHEMA public TO ${role}; ${WRITER} ${role}`);
  const sink = await database.open([textField('city')], { url });
  const message = expect.stringMatching(
    /Grant it: ALTER TABLE "public"\."mcall_contacts" OWNER TO "Db ""sync"" of \w+"\)/,
  );
  expect(database.notices).toContainEqual(expect.objectContaining({ code: 'SQL_CHANGE_DEFERRED', message }));
  await database.query(`GRANT CREATE ON SCHEMA public TO ${role}; ALTER TABLE mcall_contacts OWNER TO ${role}`);
  expect(await sink.declareFields([textField('city')], options)).toMatchObject([{ column: 'city', change: 'add' }]);
});
