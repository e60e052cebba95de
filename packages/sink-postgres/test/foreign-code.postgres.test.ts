import type { StoreSink } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { batchOf, claimOf } from '../../../test/harness/sqlite-file.ts';
import { createSink } from '../src/index.ts';

const options = { signal: new AbortController().signal };
let url: string;
let other: pg.Client;
const opened: StoreSink[] = [];
const roles: string[] = [];

beforeEach(async () => {
  url = await createTestDatabase();
  other = new pg.Client({ connectionString: url });
  await other.connect();
});
afterEach(async () => {
  for (const sink of opened.splice(0)) await sink.close();
  for (const role of roles.splice(0)) await other.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
  await other.end();
});

function sinkAt(address: string): StoreSink {
  const sink = createSink(serverTarget(address));
  opened.push(sink);
  return sink;
}

async function ready(sink: StoreSink) {
  await sink.open(options);
  await sink.declareFields([], options);
  const claim = await claimOf(sink);
  return () => sink.write(batchOf({ contacts: [sampleContact('A')] }), claim, options);
}

/** Returns the address for another role, with these parameters added. */
function addressOf(role: string, parameters = ''): string {
  const address = new URL(url);
  address.username = role;
  address.password = 'x';
  return `${address.href}?sslmode=disable${parameters}`;
}

async function createRole(): Promise<string> {
  const role = `lim_${Math.random().toString(36).slice(2)}`;
  await other.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
  roles.push(role);
  return role;
}

describe('R34 a function of another program that fails in a trigger', () => {
  const trigger = async (body: string) => {
    await other.query(`CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN ${body}; RETURN NEW; END $f$;
      CREATE TRIGGER theirs BEFORE INSERT ON mcall_contacts FOR EACH ROW EXECUTE FUNCTION audit()`);
  };

  it.each([
    ['a table is missing', 'INSERT INTO audits VALUES (1)', '42P01'],
    ['a function is missing', 'PERFORM no_such(1)', '42883'],
    [
      'a right is missing',
      "RAISE insufficient_privilege USING MESSAGE = 'permission denied for table audits'",
      '42501',
    ],
  ])('since %s is named, and no advice is about the tables of dbsync', async (_, body, state) => {
    const write = await ready(sinkAt(url));
    await trigger(body);
    const error = await write().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SQL_TRIGGER_FAILED', verdict: 'fatal', outcome: 'not-committed' });
    const words = `(SQLSTATE ${state}) in PL/pgSQL function audit() line 1 at `;
    expect(error).toMatchObject({ message: expect.stringContaining(words) });
    expect(error).not.toMatchObject({ message: expect.stringMatching(/GRANT|start dbsync again/i) });
  });

  it('with a state that is in no list is reported with its detail and context', async () => {
    const write = await ready(sinkAt(url));
    await trigger("RAISE 'odd' USING ERRCODE = 'AB123', DETAIL = 'the moon'");
    const message = expect.stringMatching(/odd \(SQLSTATE AB123\) in PL\/pgSQL function audit\(\).*detail: the moon/);
    await expect(write()).rejects.toMatchObject({ code: 'POSTGRES_FAILED', isUnclassified: true, message });
  });

  it('since it refuses the row is named with it', async () => {
    const write = await ready(sinkAt(url));
    await trigger("RAISE 'not this one'");
    const message = expect.stringContaining('not this one (SQLSTATE P0001) in PL/pgSQL function audit()');
    await expect(write()).rejects.toMatchObject({ code: 'POSTGRES_ROW_REFUSED', verdict: 'refused', message });
  });
});

describe('rights and schemas', () => {
  it('grants on the schema that the tables are in, to the account of the session', async () => {
    const role = await createRole();
    await other.query(`CREATE SCHEMA reports; GRANT USAGE ON SCHEMA reports TO ${role}`);
    const error = await sinkAt(addressOf(role, '&search_path=reports'))
      .open(options)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'POSTGRES_PRIVILEGE_MISSING' });
    const words = `GRANT USAGE, CREATE ON SCHEMA "reports" TO "${role}"`;
    expect(error).toMatchObject({ message: expect.stringContaining(words) });
    expect(error).not.toMatchObject({ message: expect.stringContaining('public') });
  });

  it('asks for the use of a schema that the account may not use', async () => {
    const role = await createRole();
    await other.query('CREATE SCHEMA reports');
    const message = expect.stringContaining(`GRANT USAGE, CREATE ON SCHEMA "reports" TO "${role}"`);
    await expect(sinkAt(addressOf(role, '&search_path=reports')).open(options)).rejects.toMatchObject({ message });
  });

  it('says how a schema that is missing is made', async () => {
    const error = { code: 'POSTGRES_SCHEMA_MISSING', verdict: 'fatal' };
    const message = expect.stringContaining(
      'no schema of search_path (nowhere) exists. Create it: CREATE SCHEMA "nowhere"',
    );
    await expect(sinkAt(`${url}?search_path=nowhere`).open(options)).rejects.toMatchObject({ ...error, message });
  });

  it('says that a name of large letters is to be quoted, and takes it so', async () => {
    await other.query('CREATE SCHEMA "Reports"');
    const message = expect.stringContaining('There is a schema "Reports": in search_path its name needs double quotes');
    await expect(sinkAt(`${url}?search_path=Reports`).open(options)).rejects.toMatchObject({ message });
    await sinkAt(`${url}?search_path=%22Reports%22`).open(options);
  });

  it('names the policy where one keeps a row out', async () => {
    const role = await createRole();
    await other.query(`GRANT ALL ON SCHEMA public TO ${role}`);
    const write = await ready(sinkAt(addressOf(role)));
    await other.query(`ALTER TABLE mcall_contacts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY theirs ON mcall_contacts USING (true) WITH CHECK (false)`);
    const error = await write().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'POSTGRES_PRIVILEGE_MISSING',
      message: expect.stringContaining('CREATE POLICY'),
    });
    expect(error).not.toMatchObject({ message: expect.stringContaining('GRANT') });
  });

  it.each(['nonsense', '-c no_such_setting=1', '-c work_mem=lots'])('says that options=%s is wrong', async (text) => {
    const sink = sinkAt(`${url}?options=${encodeURIComponent(text)}`);
    const message = expect.stringContaining(`options=${text}`);
    await expect(sink.open(options)).rejects.toMatchObject({
      code: 'POSTGRES_OPTION_INVALID',
      verdict: 'fatal',
      message,
    });
  });
});

describe('triggers of other programs that name tables without a schema', () => {
  const audited = (when: string, body = 'INSERT INTO audits VALUES (TG_OP)') => `
    CREATE TABLE IF NOT EXISTS audits (act text);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN ${body}; RETURN NEW; END $f$; ${when}`;

  it.each([
    [
      'before each row',
      'CREATE TRIGGER theirs BEFORE INSERT OR UPDATE ON mcall_contacts FOR EACH ROW EXECUTE FUNCTION note()',
    ],
    [
      'after each row',
      'CREATE TRIGGER theirs AFTER INSERT OR UPDATE ON mcall_contacts FOR EACH ROW EXECUTE FUNCTION note()',
    ],
    [
      'before each statement',
      'CREATE TRIGGER theirs BEFORE INSERT OR UPDATE ON mcall_contacts EXECUTE FUNCTION note()',
    ],
    ['after each statement', 'CREATE TRIGGER theirs AFTER INSERT OR UPDATE ON mcall_contacts EXECUTE FUNCTION note()'],
    [
      'at the commit',
      'CREATE CONSTRAINT TRIGGER theirs AFTER INSERT OR UPDATE ON mcall_contacts INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note()',
    ],
  ])('find them: %s', async (_, when) => {
    const sink = sinkAt(url);
    const write = await ready(sink);
    await other.query(audited(when));
    await write();
    expect((await other.query('SELECT act FROM audits')).rows).toContainEqual({ act: 'INSERT' });
    const claim = await claimOf(sink, { takeOverFrom: (await heldBy()) ?? '' });
    await sink.write(batchOf({ contacts: [sampleContact('A', { values: { $phone: '+49 1' } })] }), claim, options);
    expect((await other.query('SELECT act FROM audits')).rows).toContainEqual({ act: 'UPDATE' });
  });

  it('find them where the rows of a forgotten contact are deleted', async () => {
    const sink = sinkAt(url);
    const write = await ready(sink);
    await write();
    const body = 'INSERT INTO audits VALUES (TG_OP); RETURN OLD';
    await other.query(
      audited('CREATE TRIGGER theirs BEFORE DELETE ON mcall_contacts FOR EACH ROW EXECUTE FUNCTION note()', body),
    );
    await sink.erasure?.forget(['A'], options);
    expect((await other.query('SELECT act FROM audits')).rows).toEqual([{ act: 'DELETE' }]);
    expect((await other.query('SELECT FROM mcall_contacts')).rowCount).toBe(0);
  });

  it('find them where a contact that the campaign deleted is removed', async () => {
    const sink = sinkAt(url);
    const write = await ready(sink);
    await write();
    const body = 'INSERT INTO audits VALUES (TG_OP); RETURN OLD';
    await other.query(
      audited('CREATE TRIGGER theirs BEFORE DELETE ON mcall_contacts FOR EACH ROW EXECUTE FUNCTION note()', body),
    );
    const claim = await claimOf(sink, { takeOverFrom: (await heldBy()) ?? '' });
    const values = { $campaign_id: claim.stream };
    await sink.write(batchOf({ contacts: [sampleContact('A', { values })] }), claim, options);
    const held = (await sink.mirroring?.listHeld(claim, { limit: 10, ...options })) ?? [];
    expect(await sink.mirroring?.remove(claim, held, options)).toEqual(['A']);
    expect((await other.query('SELECT act FROM audits')).rows).toEqual([{ act: 'DELETE' }]);
  });

  async function heldBy(): Promise<string | undefined> {
    return (await other.query<{ holder: string }>('SELECT holder FROM mcall_sync_state')).rows[0]?.holder;
  }

  it('may make temporary tables of the names of ours: no statement takes one for its own', async () => {
    const write = await ready(sinkAt(url));
    const names = ['mcall_contacts', 'mcall_sync_state', 'mcall_sync_columns', 'mcall_dead_letters', 'pg_class'];
    const tables = names.map((name) => `CREATE TEMPORARY TABLE IF NOT EXISTS ${name} (planted text)`).join('; ');
    await other.query(
      audited('CREATE TRIGGER theirs BEFORE INSERT ON mcall_contacts FOR EACH ROW EXECUTE FUNCTION note()', tables),
    );
    for (let time = 1; time <= 3; time += 1) await write();
    expect((await other.query('SELECT "$id" FROM mcall_contacts')).rows).toEqual([{ $id: 'A' }]);
  });
});
