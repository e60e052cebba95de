import type { Finding } from '@dbsync/core/contract';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
/** The roles belong to the server, which other tests share. */
let roles = 0;

async function database() {
  const url = await createTestDatabase();
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  onTestFinished(() => admin.end());
  return { url, run: (text: string) => admin.query(text) };
}

type Database = Awaited<ReturnType<typeof database>>;

/** Makes a role that may do all in the database; returns the address of its login. */
async function newRole({ url, run }: Database): Promise<{ readonly role: string; readonly url: string }> {
  const role = `health_${process.pid}_${++roles}`;
  await run(`CREATE ROLE ${role} LOGIN PASSWORD 'p'; GRANT ALL ON SCHEMA public TO ${role}`);
  const address = new URL(url);
  [address.username, address.password] = [role, 'p'];
  return { role, url: address.href };
}

async function makeCopy(url: string): Promise<void> {
  const sink = createSink(serverTarget(url));
  await sink.open(options);
  await sink.declareFields([], options);
  await sink.close();
}

/** Checks a database as `dbsync doctor` does. */
async function check(url: string): Promise<readonly Finding[]> {
  const sink = createSink({ ...serverTarget(url), onlyLooks: true, copyMayBeMissing: true });
  try {
    await sink.open(options);
    return await sink.checkHealth(options);
  } finally {
    await sink.close();
  }
}

const amiss = (findings: readonly Finding[]) => findings.filter(({ level }) => level === 'warn' || level === 'fail');
/** Warnings about the tests' own server, whose data is in memory. */
const isOfServer = ({ what }: Finding) => /fsync|connections are free/.test(what);

it('finds nothing amiss with an empty database and with a copy, and makes nothing', async () => {
  const { url, run } = await database();
  for (let look = 0; look < 2; look++) {
    const findings = await check(url);
    expect(amiss(findings).filter((finding) => !isOfServer(finding))).toEqual([]);
    expect(findings.map(({ what }) => what)).toContainEqual(expect.stringMatching(/^There is no copy yet/));
  }
  expect((await run("SELECT FROM pg_tables WHERE schemaname = 'public'")).rowCount).toBe(0);
  await makeCopy(url);
  const findings = await check(url);
  expect(amiss(findings).filter((finding) => !isOfServer(finding))).toEqual([]);
  const what = findings.map((finding) => finding.what);
  expect(what).toContainEqual(expect.stringMatching(/^No pooler in transaction mode was seen/));
  expect(what).toContain('The user has all rights on each table');
  expect(findings).toContainEqual(
    expect.objectContaining({ level: 'unknown', remedy: expect.stringMatching(/^On the server: df -h/) }),
  );
});

it('names each right that the user lacks, and the statement that grants it', async () => {
  const made = await database();
  const { role, url } = await newRole(made);
  await makeCopy(made.url);
  await made.run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`);
  await made.run(`REVOKE DELETE ON mcall_contacts FROM ${role}; REVOKE CREATE ON SCHEMA public FROM ${role}`);
  await made.run(
    `DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$`,
  );
  const remedies = amiss(await check(url)).map(({ level, remedy }) => `${level}: ${remedy}`);
  expect(remedies).toContain(`fail: GRANT DELETE ON "public"."mcall_contacts" TO "${role}"`);
  expect(remedies).toContain(`warn: ALTER TABLE "public"."mcall_contacts" OWNER TO "${role}"`);
  expect(remedies).toContain(`warn: GRANT USAGE, CREATE ON SCHEMA "public" TO "${role}"`);
  expect(remedies).toContainEqual(expect.stringMatching(/^fail: GRANT TEMPORARY ON DATABASE/));
});

it('names a schema of the search path that is not there', async () => {
  const { url } = await database();
  const findings = await check(`${url}?search_path=sales,public`);
  expect(amiss(findings)).toContainEqual({
    level: 'warn',
    what: 'search_path (sales,public) names sales first, which is not there or may not be used: the tables are in public',
    remedy: expect.stringContaining('CREATE SCHEMA IF NOT EXISTS "sales"; GRANT USAGE, CREATE ON SCHEMA "sales" TO "'),
  });
});

it("passes a schema of the user's own, which the usual search path names first", async () => {
  const made = await database();
  const { role, url } = await newRole(made);
  await made.run(`CREATE SCHEMA ${role} AUTHORIZATION ${role}; ALTER ROLE ${role} SET search_path = "$user", public`);
  expect(amiss(await check(url)).filter(({ what }) => what.startsWith('search_path'))).toEqual([]);
});

it('says that a pooler could not be looked for with a single connection', async () => {
  const made = await database();
  const { role, url } = await newRole(made);
  await made.run(`ALTER ROLE ${role} CONNECTION LIMIT 1`);
  expect(await check(url)).toContainEqual(
    expect.objectContaining({ level: 'unknown', what: expect.stringContaining('pooler'), remedy: expect.any(String) }),
  );
});

it('names what is in the way of a change, foreign keys to strange tables, and triggers that may drop rows', async () => {
  const { url, run } = await database();
  await makeCopy(url);
  await run(`ALTER TABLE mcall_contacts ALTER COLUMN "$comment" TYPE varchar(50);
    CREATE VIEW report AS SELECT "$comment" FROM mcall_contacts;
    CREATE TABLE people (id text PRIMARY KEY);
    ALTER TABLE mcall_inbound_calls ADD CONSTRAINT "Strange key" FOREIGN KEY (contact_id) REFERENCES people (id);
    CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER keeper BEFORE INSERT ON mcall_contacts FOR EACH ROW EXECUTE FUNCTION nothing()`);
  const found = amiss(await check(url)).map(({ what, remedy }) => `${what} | ${remedy}`);
  expect(found).toContainEqual(
    expect.stringMatching(
      /^mcall_contacts\.\$comment cannot become text: in the way is view public\.report\..* \| Save the definition, .*: view public\.report$/,
    ),
  );
  expect(found).toContainEqual(
    expect.stringMatching(
      /^mcall_inbound_calls\.contact_id refers to people, .* ALTER TABLE "public"\."mcall_inbound_calls" DROP CONSTRAINT "Strange key"$/,
    ),
  );
  expect(found).toContainEqual(expect.stringMatching(/^Triggers of another program run before each row .*: keeper \|/));
});

it("names the old client's tables under another prefix", async () => {
  const { url, run } = await database();
  await run('CREATE TABLE contacts ("$id" text, "$md5" text); CREATE TABLE transactions (id text)');
  expect(await check(url)).toContainEqual(
    expect.objectContaining({ level: 'fail', remedy: 'To continue with it: --tp ""' }),
  );
});
