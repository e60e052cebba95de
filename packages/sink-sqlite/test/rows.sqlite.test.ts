import { DatabaseSync } from 'node:sqlite';
import { type ContactTree, digits } from '@dbsync/core/contract';
import { sampleConnection, sampleContact, sampleRecording, sampleTransaction } from '@dbsync/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, type SqliteFile } from '../../../test/harness/sqlite-file.ts';

let file: SqliteFile;
beforeEach(() => {
  file = createSqliteFile();
});
afterEach(async () => file[Symbol.asyncDispose]());

const OLD = '2000-01-01T00:00:00.000Z';

async function openWriter(plan = 'plan') {
  const sink = await file.openSink();
  const claim = await claimOf(sink, { plan });
  const write = (...contacts: ContactTree[]) => sink.write(batchOf({ contacts }), claim, never);
  const versions = async (...ids: string[]) => [...(await sink.readVersions(claim, ids, never)).keys()];
  return { sink, claim, write, versions };
}

function changedOf(table: string) {
  return file.query(`SELECT "$changed" AS at FROM mcall_${table} ORDER BY rowid`).map(({ at }) => at);
}

describe('rows in a SQLite file', () => {
  it('R8 says which contacts changed below an md5 that stayed', async () => {
    const { write } = await openWriter();
    const before = ['A1', 'B2', 'C3'].map((id) => sampleContact(id));
    expect((await write(...before)).changedUnderSameMd5).toEqual([]);
    const changed = (id: string, md5?: string) =>
      sampleContact(id, { ...(md5 && { md5 }), transactions: [sampleTransaction(id, 1, { status: 'late' })] });
    const result = await write(changed('A1'), changed('B2', 'other md5'), sampleContact('C3'), sampleContact('D4'));
    expect(result.changedUnderSameMd5).toEqual(['A1']);
  });

  it('R8 lets another plan change what is below a contact', async () => {
    const { sink, claim, write } = await openWriter();
    await write(sampleContact('A1', { transactions: [] }));
    const wider = await claimOf(sink, { plan: 'wider', takeOverFrom: claim.holder });
    const result = await sink.write(batchOf({ contacts: [sampleContact('A1')] }), wider, never);
    expect(result.changedUnderSameMd5).toEqual([]);
  });

  it('R16 proves a contact by the commit of its tree, under its plan, and by nothing else', async () => {
    const { sink, claim, write, versions } = await openWriter();
    await write(sampleContact('A1'), sampleContact('B2'), sampleContact('C3'), sampleContact('D4', { md5: null }));
    file.exec(`
      UPDATE mcall_contacts SET "$md5" = 'of another program' WHERE "$id" = 'B2';
      UPDATE mcall_contacts SET "$sync" = NULL WHERE "$id" = 'C3';
      INSERT INTO mcall_contacts ("$id", "$md5") VALUES ('E5', 'md5')`);
    expect(await versions('A1', 'B2', 'C3', 'D4', 'E5', 'F6')).toEqual(['A1']);
    const other = await claimOf(sink, { plan: 'other', takeOverFrom: claim.holder });
    expect((await sink.readVersions(other, ['A1'], never)).size).toBe(0);
  });

  it('R17 deletes rows under their former ids, after what hung below them has moved', async () => {
    const { write } = await openWriter();
    const recordings = (id: string) => [sampleRecording('c1', id)];
    const connection = (id: string) => sampleConnection('c1', { recordings: recordings(id) });
    await write(sampleContact('A1', { transactions: [sampleTransaction('A1', 1, {}, [connection('started')])] }));
    const moved = sampleContact('A1', {
      md5: 'newer',
      transactions: [sampleTransaction('A1', 2, {}, [connection('location')])],
      formerIds: [sampleTransaction('A1', 1).id, ...recordings('started').map(({ id }) => id), 'never was'],
    });
    await write(moved);
    const ids = (table: string) => file.query(`SELECT id FROM mcall_${table}`).map(({ id }) => id);
    expect(ids('transactions')).toEqual([sampleTransaction('A1', 2).id]);
    expect(ids('recordings')).toEqual(recordings('location').map(({ id }) => id));
    expect(file.query('SELECT transaction_id FROM mcall_connections')).toEqual([
      { transaction_id: sampleTransaction('A1', 2).id },
    ]);
    expect(file.query('PRAGMA foreign_key_check')).toEqual([]);
  });

  it('R17 keeps an id of before that another record of the contact has now', async () => {
    const { write } = await openWriter();
    await write(sampleContact('A1'));
    const { id } = sampleTransaction('A1', 1);
    await write(sampleContact('A1', { md5: 'newer', formerIds: [id] }));
    expect(file.query('SELECT count(*) AS n FROM mcall_transactions WHERE id = ?', id)).toEqual([{ n: 1 }]);
  });

  it('R17 keeps a row whose derived id is one that it could have had before', async () => {
    const { write } = await openWriter();
    const holding = (id: string, formerIds: string[] = []) =>
      sampleContact(id, { transactions: [sampleTransaction(id, 1, {}, [sampleConnection('shared')])], formerIds });
    await write(holding('A1'), holding('B2'));
    const rows = () => file.query('SELECT id, contact_id FROM mcall_connections ORDER BY contact_id');
    const before = rows();
    await write(
      holding(
        'B2',
        before.map(({ id }) => String(id)),
      ),
    );
    expect(rows()).toEqual(before);
  });

  it('R19 keeps a connection that no body has any more when its transaction gets another id', async () => {
    const { write } = await openWriter();
    await write(sampleContact('A1', { transactions: [sampleTransaction('A1', 1, {}, [sampleConnection('gone')])] }));
    const { id } = sampleTransaction('A1', 1);
    await write(sampleContact('A1', { md5: 'newer', transactions: [sampleTransaction('A1', 2)], formerIds: [id] }));
    expect(file.query('SELECT id, transaction_id FROM mcall_connections')).toEqual([
      { id: 'gone', transaction_id: null },
    ]);
    expect(file.query('SELECT connection_id FROM mcall_recordings')).toEqual([{ connection_id: 'gone' }]);
  });

  it('R19 keeps what a newer body lacks, and tells of it once a write', async () => {
    const { write } = await openWriter();
    const both = (id: string) => [sampleTransaction(id, 1), sampleTransaction(id, 2, {}, [])];
    const ids = ['A1', 'B2', 'C3', 'D4', 'E5'];
    await write(...ids.map((id) => sampleContact(id, { transactions: both(id) })));
    const grown = sampleContact('E5', {
      md5: 'newer',
      transactions: [...both('E5'), sampleTransaction('E5', 3, {}, [])],
    });
    await write(grown);
    expect(file.notices).toEqual([]);
    const short = (id: string) => sampleContact(id, { md5: 'newer', transactions: both(id).slice(1) });
    await write(...['A1', 'B2', 'C3', 'D4'].map(short), grown);
    expect(file.notices).toEqual([
      {
        level: 'info',
        code: 'SQL_CHILDREN_VANISHED',
        message: expect.stringMatching(/^4 .* A1, B2, C3 and 1 more are/),
      },
    ]);
    expect(file.query('SELECT count(*) AS n FROM mcall_transactions')).toEqual([{ n: 11 }]);
    await write(short('A1'));
    expect(file.notices).toHaveLength(1);
  });

  it('R18 never takes a row from another contact, and says where it went', async () => {
    const { write } = await openWriter();
    const holding = (id: string) =>
      sampleContact(id, { transactions: [sampleTransaction(id, 1, {}, [sampleConnection('shared')])] });
    await write(holding('A1'));
    await write(holding('B2'));
    await write(holding('B2'), holding('A1'));
    const rows = file.query('SELECT id, contact_id, "$overflow" AS more FROM mcall_connections ORDER BY contact_id');
    expect(rows).toEqual([
      { id: 'shared', contact_id: 'A1', more: null },
      { id: expect.stringMatching(/^[0-9a-f]{32}$/), contact_id: 'B2', more: '{"id":"shared"}' },
    ]);
    expect(
      file.query('SELECT DISTINCT connection_id AS id FROM mcall_recordings ORDER BY contact_id').map(({ id }) => id),
    ).toEqual(rows.map(({ id }) => id));
    expect(file.notices.map(({ code, message }) => [code, message.split(' ', 2).join(' ')])).toEqual([
      ['SQL_ID_TAKEN', 'connections shared'],
      ['SQL_ID_TAKEN', expect.stringMatching(/^recordings /)],
    ]);
  });

  it('R23 moves $changed, by the clock of the database, only where a row changes', async () => {
    const { write } = await openWriter();
    await write(sampleContact('A1'), sampleContact('B2'));
    expect(changedOf('contacts').every((at) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(at)))).toBe(true);
    for (const table of ['contacts', 'transactions', 'connections', 'recordings']) {
      file.exec(`UPDATE mcall_${table} SET "$changed" = '${OLD}'`);
    }
    const result = await write(sampleContact('A1'), sampleContact('B2', { md5: 'newer', values: { $status: 'new' } }));
    expect(result).toMatchObject({ inserted: 0, updated: 1 });
    expect(changedOf('contacts')).toEqual([OLD, expect.not.stringMatching(OLD)]);
    expect(new Set(changedOf('transactions'))).toEqual(new Set([OLD]));
  });

  it('R23 a key that a newer body lacks becomes NULL', async () => {
    const { write } = await openWriter();
    await write(sampleContact('A1', { values: { $owner: 'agent.1', odd: 1 } }));
    await write(sampleContact('A1', { md5: 'newer' }));
    const [row] = file.query('SELECT "$owner" AS owner, "$overflow" AS more FROM mcall_contacts');
    expect(row).toEqual({ owner: null, more: '{"city":"\\u0141\\u00f3d\\u017a"}' });
  });

  it('stores numbers so that nothing is lost, and so that SQL can count with them', async () => {
    const { write } = await openWriter();
    const values = [3, 2.5, digits('9007199254740993'), digits('9223372036854775808'), digits('1.10'), -0, '12', 'x'];
    await write(
      sampleContact('A1', {
        transactions: values.map((value, nr) =>
          sampleTransaction('A1', nr, { pause_time_sec: value, isHI: nr % 2 === 0 }),
        ),
      }),
    );
    const stored = file.query(`SELECT CAST(pause_time_sec AS text) AS value, typeof(pause_time_sec) AS type, isHI,
      "$overflow" ->> 'pause_time_sec' AS more FROM mcall_transactions ORDER BY fired`);
    expect(stored).toEqual([
      { value: '3', type: 'integer', isHI: 1, more: null },
      { value: '2.5', type: 'real', isHI: 0, more: null },
      { value: '9007199254740993', type: 'integer', isHI: 1, more: null },
      { value: '9223372036854775808', type: 'text', isHI: 0, more: null },
      { value: '1.1', type: 'real', isHI: 1, more: null },
      { value: '0', type: 'integer', isHI: 0, more: null },
      { value: '12', type: 'integer', isHI: 1, more: null },
      { value: null, type: 'null', isHI: 0, more: 'x' },
    ]);
  });

  it('keeps values of any number of levels', async () => {
    const { write } = await openWriter();
    const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    await write(sampleContact('A1', { values: { $status: deep, odd: deep } }));
    const [row] = file.query('SELECT length("$status") AS own, length("$overflow") AS more FROM mcall_contacts');
    expect([row?.own, Number(row?.more) > 100_000]).toEqual([100_000, true]);
  });

  it('keeps everything as the API wrote it with text columns', async () => {
    const sink = await file.openSink({ 'column-types': 'text' });
    const transactions = [
      sampleTransaction('A1', 1, { fired: '2026-03-02T11:00:00+02:00', pause_time_sec: digits('1.10') }),
    ];
    await sink.write(batchOf({ contacts: [sampleContact('A1', { transactions })] }), await claimOf(sink), never);
    expect(
      file.query('SELECT fired, pause_time_sec, isHI, "$overflow" IS NULL AS whole FROM mcall_transactions'),
    ).toEqual([{ fired: '2026-03-02T11:00:00+02:00', pause_time_sec: '1.10', isHI: 'true', whole: 1 }]);
  });

  it('R12 gives other work its turn inside a transaction, and stops there when it is aborted', async () => {
    const { sink, claim } = await openWriter();
    const contacts = Array.from({ length: 4000 }, (_, nr) => sampleContact(`C${nr}`));
    const abort = new AbortController();
    using probe = new DatabaseSync(file.file, { timeout: 0 });
    const look = () => {
      if (isWriteLocked(probe)) abort.abort();
      else setImmediate(look);
    };
    setImmediate(look);
    const write = sink.write(batchOf({ contacts }), claim, { signal: abort.signal });
    await expect(write).rejects.toMatchObject({ code: 'SQL_CALLED_OFF', verdict: 'retryable' });
    expect(file.query('SELECT count(*) AS n FROM mcall_contacts')).toEqual([{ n: 0 }]);
    expect(await sink.write(batchOf({ contacts }), claim, never)).toMatchObject({ inserted: contacts.length * 7 });
  });
});

/** True while another connection is inside a write transaction. */
function isWriteLocked(probe: DatabaseSync): boolean {
  try {
    probe.exec('BEGIN IMMEDIATE; ROLLBACK');
    return false;
  } catch {
    return true;
  }
}
