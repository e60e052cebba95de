import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { TransactionFilter } from '../campaign/transaction-filter.js';
import { parseRecord } from '../contact/contact-record.js';
import { contactRows, type TruthLine, type TruthRow } from './contact-rows.js';

const EVERYTHING: TransactionFilter = { type: null, hi: false, tasks: [] };
const FIRED = '2026-01-01T10:00:00.000Z';
const md5 = (text: string) => hash('md5', text);

function rowsOf(transactions: readonly object[], filter = EVERYTHING): readonly TruthLine[] {
  const contact = parseRecord(JSON.stringify({ $id: 'A1', $task_log: [{ transactions }] }));
  return contactRows('A1', contact, filter).map(({ line }) => line);
}

function ids(lines: readonly TruthLine[], table: TruthRow['table']): string[] {
  return lines.filter((line): line is TruthRow => line.table === table).map(({ id }) => id);
}

describe('contactRows', () => {
  it('is one row for a contact without a log', () => {
    expect(contactRows('A1', { $id: 'A1', $task_log: null }, EVERYTHING).map(({ line }) => line)).toEqual([
      { table: 'contacts', id: 'A1', contactId: 'A1', derived: {}, values: { $id: 'A1' } },
    ]);
  });

  it('R17 orders twins by sequence_nr, then created_date, then position, before any filter', () => {
    const sameInstant = [
      { fired: FIRED, sequence_nr: 9, type: 'update' },
      { fired: FIRED, sequence_nr: 10, type: 'update' },
      { fired: FIRED, sequence_nr: 2, type: 'move' },
    ];
    const first = md5(`A1${FIRED}`);
    expect(ids(rowsOf(sameInstant), 'transactions')).toEqual([md5(`A1${FIRED}9`), md5(`A1${FIRED}10`), first]);
    const updates = rowsOf(sameInstant, { ...EVERYTHING, type: 'update' });
    expect(ids(updates, 'transactions')).toEqual([md5(`A1${FIRED}9`), md5(`A1${FIRED}10`)]);
    const dated = ['c', 'a', 'b', 'b'].map((date) => ({ fired: FIRED, created_date: date }));
    const byDate = [md5(`A1${FIRED}4`), first, md5(`A1${FIRED}2`), md5(`A1${FIRED}3`)];
    expect(ids(rowsOf(dated), 'transactions')).toEqual(byDate);
  });

  it('R18 gives the second holder of a connection id another, and what hangs below it too', () => {
    const connection = { id: 'k', recordings: [{ location: 'l' }], third_party_connections: [{ id: 'third' }] };
    const other = '2026-01-02T10:00:00.000Z';
    const lines = rowsOf([
      { fired: FIRED, connections: [connection] },
      { fired: other, connections: [{ ...connection, third_party_connections: [{ id: 'fourth' }] }] },
    ]);
    const second = md5(`k${md5(`A1${other}`)}`);
    expect(ids(lines, 'connections')).toEqual(['k', 'third', second, 'fourth']);
    expect(ids(lines, 'recordings')).toEqual([md5('kl'), md5(`${second}l`)]);
    expect(lines.find((line) => line.table === 'connections' && line.id === 'fourth')).toMatchObject({
      derived: { parent_connection_id: second, transaction_id: md5(`A1${other}`), contact_id: 'A1' },
      values: { id: 'fourth' },
    });
  });

  it('finds the parent of a transfer in the one before it, of a third party in its holder', () => {
    const connections = [
      { id: 'a', technology: 'transfer' },
      { id: 'b', third_party_connections: [{ id: 'c' }, { id: 'd', technology: 'transfer' }] },
      { id: 'e', technology: 'transfer' },
    ];
    const parents = rowsOf([{ fired: FIRED, connections }]).flatMap((line) =>
      line.table === 'connections' ? [[line.id, line.derived.parent_connection_id]] : [],
    );
    expect(parents).toEqual([
      ['a', null],
      ['b', null],
      ['c', 'b'],
      ['d', 'b'],
      ['e', 'b'],
    ]);
  });

  it('makes the id of a recording of its location, else of its start', () => {
    const recordings = [
      { location: 'l', started: 's' },
      { location: '', started: 's' },
      { location: null, started: 't' },
    ];
    const lines = rowsOf([{ fired: FIRED, connections: [{ id: 'k', recordings }] }]);
    expect(ids(lines, 'recordings')).toEqual([md5('kl'), md5('ks'), md5('kt')]);
  });

  it('sets aside what can have no id, with what hangs below, unless the filter drops it', () => {
    const transactions = [
      { fired: '', type: 'move', connections: [{ id: 'never' }] },
      {
        fired: FIRED,
        connections: [{ recordings: [{ location: 'never' }] }, { id: 'k', recordings: [{ filename: 'f' }] }],
      },
    ];
    const letters = (filter: TransactionFilter) =>
      rowsOf(transactions, filter).flatMap((line) => (line.table === 'dead_letters' ? [line.kind] : []));
    expect(letters(EVERYTHING)).toEqual(['transaction', 'connection', 'recording']);
    expect(letters({ ...EVERYTHING, type: 'update' })).toEqual(['connection', 'recording']);
    expect(ids(rowsOf(transactions), 'connections')).toEqual(['k']);
    expect(ids(rowsOf(transactions), 'recordings')).toEqual([]);
  });
});
