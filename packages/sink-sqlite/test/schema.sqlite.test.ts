import { hash } from 'node:crypto';
import { sampleContact } from '@dbsync/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  batchOf,
  claimOf,
  createSqliteFile,
  never,
  type SqliteFile,
  textField,
} from '../../../test/harness/sqlite-file.ts';

let file: SqliteFile;
beforeEach(() => {
  file = createSqliteFile();
});
afterEach(async () => file[Symbol.asyncDispose]());

const oldContacts = (
  prefix: string,
) => `CREATE TABLE ${prefix}contacts ("$id" text, "$md5" text, "$status" text, city text);
  CREATE TABLE ${prefix}transactions (id text, contact_id text, fired text)`;

function columnsOf(table: string): string[] {
  return file.query(`SELECT name FROM pragma_table_info('${table}') ORDER BY cid`).map(({ name }) => String(name));
}

/** Returns a field's key in the column map. */
const keyOf = (field: string) => hash('sha256', Buffer.from(field, 'utf16le'), 'hex');

function overflows() {
  return file.query('SELECT "$overflow" AS more FROM mcall_contacts ORDER BY "$id"').map(({ more }) => more);
}

describe('the tables of a SQLite file', () => {
  it('have the columns of the upstream in their order, types, and custom fields behind', async () => {
    const sink = await file.openSink({}, ['city']);
    await sink.declareFields([textField('city'), { name: 'age', type: 'number' }], never);
    const columns = columnsOf('mcall_contacts');
    expect(columns.slice(0, 3)).toEqual(['$id', '$md5', '$ref']);
    expect(columns.slice(-6)).toEqual(['$changed', '$sync', '$overflow', '$deleted_at', 'city', 'age']);
    const types = file.query("SELECT DISTINCT type FROM pragma_table_info('mcall_transactions') ORDER BY type");
    expect(types.map(({ type }) => type)).toEqual(['', 'INTEGER', 'TEXT']);
  });

  it('R20 declare a foreign key to the direct parent, with an index, unless an option says otherwise', async () => {
    await file.openSink({ 'table-prefix': 'with_' });
    await file.openSink({ 'table-prefix': 'without_', 'foreign-keys': false });
    const keys = (table: string) =>
      file.query(`SELECT "from" AS own, "table" AS parent FROM pragma_foreign_key_list('${table}')`);
    expect(keys('with_transactions')).toEqual([{ own: 'contact_id', parent: 'with_contacts' }]);
    expect(keys('with_connections')).toEqual([{ own: 'transaction_id', parent: 'with_transactions' }]);
    expect(keys('with_recordings')).toEqual([{ own: 'connection_id', parent: 'with_connections' }]);
    expect(keys('with_inbound_calls')).toEqual([]);
    expect(['transactions', 'connections', 'recordings'].flatMap((table) => keys(`without_${table}`))).toEqual([]);
    const indexes = file.query("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name");
    expect(indexes.map(({ name }) => name)).toEqual(
      ['with_', 'without_'].flatMap((prefix) => [
        `${prefix}connections_transaction_id`,
        `${prefix}inbound_calls_contact_id`,
        `${prefix}recordings_connection_id`,
        `${prefix}transactions_by_contact`,
      ]),
    );
  });

  it('R20 get at each start what an earlier one did not come to', async () => {
    await file.openSink();
    file.exec('DROP TABLE mcall_recordings; DROP INDEX mcall_transactions_by_contact');
    const sink = file.createSink();
    await sink.open(never);
    const changes = await sink.declareFields([], never);
    expect(changes.map(({ table, change }) => [table, change])).toEqual([
      ['mcall_transactions', 'add'],
      ['mcall_recordings', 'create-table'],
    ]);
    expect(await sink.declareFields([], never)).toEqual([]);
  });

  it('R14 change before a write, never inside it', async () => {
    const [frozen, standby] = [await file.openSink(), await file.openSink()];
    const stale = await claimOf(frozen);
    await claimOf(standby, { takeOverFrom: stale.holder });
    const batch = batchOf({ contacts: [sampleContact('A1', { values: { $trigger: 'x' } })] });
    await expect(frozen.write(batch, stale, never)).rejects.toMatchObject({ verdict: 'fenced' });
    expect(columnsOf('mcall_contacts')).toContain('$trigger');
    expect(overflows()).toEqual([]);
  });
});

describe('the column map of a SQLite file', () => {
  it('R21 keeps the values of 200 fields whose names collide apart', async () => {
    const names = Array.from({ length: 200 }, (_, nr) =>
      'customer'.replace(/./g, (letter, at) => ((nr >> at) & 1 ? letter.toUpperCase() : letter)),
    );
    const sink = await file.openSink({ 'max-custom-fields': 150 }, names);
    const values = Object.fromEntries(names.map((name, nr) => [name, `value ${nr}`]));
    await sink.write(
      batchOf({ contacts: [sampleContact('A1', { values: { ...values, city: null } })] }),
      await claimOf(sink),
      never,
    );
    const [row = {}] = file.query('SELECT * FROM mcall_contacts');
    const map = file.query("SELECT field, column_name FROM mcall_sync_columns WHERE table_name = 'contacts'");
    expect(map).toHaveLength(150);
    const stored = Object.fromEntries(
      map.map(({ field, column_name }) => [JSON.parse(String(field)), row[String(column_name)]]),
    );
    expect({ ...stored, ...JSON.parse(String(row.$overflow)) }).toEqual(values);
  });

  it('R21 fills and writes more columns than an expression may be deep', async () => {
    const names = Array.from({ length: 1500 }, (_, nr) => `f${nr}`);
    const values = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
    const sink = await file.openSink();
    const claim = await claimOf(sink);
    const write = () => sink.write(batchOf({ contacts: [sampleContact('A1', { values })] }), claim, never);
    expect(await write()).toMatchObject({ inserted: 7 });
    file.exec(`BEGIN; ${names.map((name) => `ALTER TABLE mcall_contacts ADD ${name} text`).join(';')};
      INSERT INTO mcall_sync_columns (table_name, field_key, field, column_name, folded, filled, version)
      VALUES ${names.map((name) => `('contacts', '${keyOf(name)}', '"${name}"', '${name}', '${name}', 0, 0)`).join(',')}; COMMIT`);
    await sink.declareFields([], never);
    expect(await write()).toMatchObject({ updated: 0, unchanged: 7 });
    expect(file.query('SELECT f0, f1499 FROM mcall_contacts')).toEqual([
      { f0: 'value of f0', f1499: 'value of f1499' },
    ]);
  });

  it('R21 moves the values of a field that comes later out of overflow, what is not exact apart', async () => {
    const sink = await file.openSink();
    const claim = await claimOf(sink);
    const ages = { A1: 41, B2: 'forty', C3: null, D4: '007' };
    const contacts = Object.entries(ages).map(([id, age]) =>
      sampleContact(id, { values: { age, city: null, 'a%b_c!': `of ${id}` } }),
    );
    await sink.write(batchOf({ contacts }), claim, never);
    file.exec(`UPDATE mcall_contacts SET "$changed" = 'before'`);
    await sink.declareFields([{ name: 'age', type: 'number' }], never);
    expect(file.query('SELECT age FROM mcall_contacts ORDER BY "$id"').map(({ age }) => age)).toEqual([
      41,
      null,
      null,
      7,
    ]);
    expect(overflows().map((more) => JSON.parse(String(more)).age)).toEqual([undefined, 'forty', undefined, '007']);
    expect(file.query(`SELECT "$id" AS id FROM mcall_contacts WHERE "$changed" = 'before'`)).toEqual([{ id: 'C3' }]);
    await sink.declareFields([{ name: 'age', type: 'number' }, textField('a%b_c!')], never);
    expect(overflows()).toEqual([null, '{"age":"forty"}', null, '{"age":"007"}']);
    expect(await sink.write(batchOf({ contacts }), claim, never)).toMatchObject({ updated: 0, inserted: 0 });
  });

  it('R21 goes on where it was cut off: map row, column, version, values', async () => {
    const sink = await file.openSink();
    const claim = await claimOf(sink);
    await sink.write(
      batchOf({ contacts: [sampleContact('A1', { values: { x: '1', y: '2', z: '3' } })] }),
      claim,
      never,
    );
    file.exec(`
      INSERT INTO mcall_sync_columns VALUES
        ('contacts', '${keyOf('x')}', '"x"', 'x_1', 'x_1', 0, 0), ('contacts', '${keyOf('y')}', '"y"', 'y', 'y', 0, 0);
      ALTER TABLE mcall_contacts ADD y TEXT; ALTER TABLE mcall_contacts ADD z TEXT`);
    const next = file.createSink();
    await next.open(never);
    await next.declareFields(['x', 'y', 'z'].map(textField), never);
    expect(file.query('SELECT x_1, y, z, "$overflow" AS more FROM mcall_contacts')).toEqual([
      { x_1: '1', y: '2', z: '3', more: '{"city":"\\u0141\\u00f3d\\u017a"}' },
    ]);
    expect(file.query('SELECT DISTINCT filled FROM mcall_sync_columns')).toEqual([{ filled: 1 }]);
  });

  it('R21 lets no write pass that was made before a column came', async () => {
    const [stale, other] = [await file.openSink(), await file.openSink()];
    const claim = await claimOf(stale, { stream: 'C1' });
    await stale.write(batchOf({ contacts: [sampleContact('A1', { values: { late: '1' } })] }), claim, never);
    await other.declareFields([textField('late')], never);
    await stale.write(batchOf({ contacts: [sampleContact('B2', { values: { late: '2' } })] }), claim, never);
    expect(file.query('SELECT late FROM mcall_contacts ORDER BY "$id"').map(({ late }) => late)).toEqual(['1', '2']);
  });

  it('R21 two sinks that get the same and colliding fields at one time agree', async () => {
    const [a, b] = [await file.openSink(), await file.openSink()];
    const [one, two] = [['x', 'Y', 'z'].map(textField), ['X', 'y', 'z'].map(textField)];
    await Promise.all([a.declareFields(one, never), b.declareFields(two, never)]);
    const map = file.query("SELECT field, column_name FROM mcall_sync_columns WHERE table_name = 'contacts'");
    expect(map.map(({ field }) => JSON.parse(String(field))).sort()).toEqual(['X', 'Y', 'x', 'y', 'z']);
    expect(new Set(map.map(({ column_name }) => String(column_name).toLowerCase())).size).toBe(5);
    expect(columnsOf('mcall_contacts')).toEqual(expect.arrayContaining(map.map(({ column_name }) => column_name)));
  });

  it('adds columns for the $ fields of bodies, a hundred at most', async () => {
    const sink = await file.openSink({ 'max-custom-fields': 0 });
    const claim = await claimOf(sink);
    const values = Object.fromEntries(Array.from({ length: 120 }, (_, nr) => [`$$task${nr}_status`, `open ${nr}`]));
    await sink.write(batchOf({ contacts: [sampleContact('A1', { values })] }), claim, never);
    await sink.write(batchOf({ contacts: [sampleContact('B2', { values: { $trigger: 'dialer' } })] }), claim, never);
    const added = columnsOf('mcall_contacts').filter((name) => name.startsWith('$$'));
    expect(added).toHaveLength(100);
    const [first, second] = overflows().map((more) => Object.keys(JSON.parse(String(more))));
    expect([...(first ?? []), ...added].filter((name) => name.startsWith('$$')).sort()).toEqual(
      Object.keys(values).sort(),
    );
    expect(second).toContain('$trigger');
  });
});

describe('tables of an earlier client in a SQLite file', () => {
  it('stop a first start under another prefix, and name theirs', async () => {
    file.exec(oldContacts('dfire_'));
    const opening = file.createSink().open(never);
    await expect(opening).rejects.toMatchObject({
      code: 'SQL_OTHER_PREFIX',
      verdict: 'fatal',
      message: expect.stringContaining('--tp dfire_'),
    });
    expect(file.query("SELECT name FROM sqlite_schema WHERE name LIKE 'mcall%'")).toEqual([]);
  });

  it('stop no start when they are of the first version, of another dbsync, or no tables of a client at all', async () => {
    file.exec(`${oldContacts('df_')}; ${oldContacts('x_')}; CREATE TABLE x_sync_state (a);
      CREATE TABLE crm_contacts (id int); CREATE TABLE crm_transactions (id int)`);
    await file.openSink();
    expect(columnsOf('mcall_contacts')).toContain('$sync');
  });

  it('are gone on with: columns and key added, values of fields adopted, rows not taken for proved', async () => {
    file.exec(
      `${oldContacts('mcall_')}; INSERT INTO mcall_contacts VALUES ('A1', 'm', 'open', 'Oslo'), ('B2', 'm', 'open', 'Rome')`,
    );
    file.exec(`ALTER TABLE mcall_contacts ADD "$campaign_id" text; UPDATE mcall_contacts SET "$campaign_id" = 'C1'`);
    const sink = await file.openSink({}, ['city']);
    const claim = await claimOf(sink);
    expect(await sink.readState('C1', never)).toMatchObject({ progress: null, hasForeignRows: true });
    expect(await sink.readState('C2', never)).toMatchObject({ progress: null, hasForeignRows: false });
    expect((await sink.readVersions(claim, ['A1', 'B2'], never)).size).toBe(0);
    const newer = sampleContact('A1', { values: { city: 'Bergen', $campaign_id: 'C1' } });
    expect(await sink.write(batchOf({ contacts: [newer] }), claim, never)).toMatchObject({ updated: 1 });
    expect(file.query('SELECT city FROM mcall_contacts ORDER BY "$id"').map(({ city }) => city)).toEqual([
      'Bergen',
      'Rome',
    ]);
    expect((await sink.readVersions(claim, ['A1', 'B2'], never)).size).toBe(1);
  });

  it('are refused while two rows have one id', async () => {
    file.exec(`${oldContacts('mcall_')}; INSERT INTO mcall_contacts ("$id") VALUES ('A1'), ('A1')`);
    await expect(file.openSink()).rejects.toMatchObject({ code: 'SQL_KEY_DUPLICATED', verdict: 'fatal' });
  });
});
