import { canonicalJson, digits, fieldOf, type Json, type Row, rowsOfContact } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineLimits, EngineTypes } from '../engine/sql-engine.js';
import type { Cell } from '../engine/storage.js';
import { readOverflow } from './overflow-text.js';
import { encoderOf, refuseUnfitId } from './row-encoder.js';
import { planTable, type TablePlan } from './table-plan.js';
import { UPSTREAM_COLUMNS } from './upstream-columns.js';

const WIDE = { holds: 'text', maxLength: null, lengthIn: 'characters', lacks: null, replacement: '' } as const;

/** Columns, named after what they hold. */
const types = {
  storageOf: (type: string) => {
    if (type === 'instant') return { holds: 'instant', minYear: 0, maxYear: 9999, fractionDigits: 3 };
    if (type === 'number') return { holds: 'number', integerDigits: 20, fractionDigits: 5 };
    if (type === 'boolean') return { holds: 'boolean' };
    if (type === 'narrow') return { ...WIDE, maxLength: 4, lacks: /\p{Surrogate}/gu };
    return type === 'key' ? { ...WIDE, maxLength: 255 } : WIDE;
  },
} as Pick<EngineTypes, 'storageOf'> as EngineTypes;

/** Room for two custom fields and all columns of dbsync but `$deleted_at`, which a write leaves empty. */
const limits = { valuesPerRow: UPSTREAM_COLUMNS.contacts.length - 1 + 2 } as EngineLimits;

const CUSTOM = ['text', 'narrow', 'number', 'instant', 'boolean'];

function planOf(table: keyof typeof UPSTREAM_COLUMNS): TablePlan {
  const columns = UPSTREAM_COLUMNS[table].map(({ name, kind }) => ({ name, type: kind }));
  const custom = table === 'contacts' ? CUSTOM.map((type) => ({ name: `the ${type}`, type })) : [];
  const map = custom.map(({ name, type }) => ({ field: type, column: name }));
  const plan = planTable(table, table, { columns: [...columns, ...custom], uniqueKeys: [] }, map, {
    types,
    limits,
    columnTypes: 'native',
    reportIndexes: true,
    writesWithoutKey: true,
  });
  if (plan === null) throw new TypeError('all columns are there');
  return plan;
}

const contacts = planOf('contacts');
const connections = planOf('connections');
const transactions = planOf('transactions');
const inboundCalls = planOf('inbound_calls');

function encodeRow(row: Row, plan: TablePlan): readonly Cell[] {
  const cells: Cell[] = [];
  encoderOf(plan)(row, cells);
  return cells;
}

function contactRow(values: Record<string, Json>): Row {
  return { table: 'contacts', id: 'A1', contactId: 'A1', transactionId: null, connectionId: null, values };
}

function cellOf(cells: readonly Cell[], plan: TablePlan, column: string): Cell | undefined {
  return cells[plan.columns.findIndex(({ name }) => name === column)];
}

function overflowOf(cells: readonly Cell[], plan: TablePlan): Record<string, Json> {
  return { ...readOverflow(String(cells[plan.overflowIndex] ?? '{}')) };
}

describe('encoderOf', () => {
  it('loses nothing: what is not exact in its column stands in overflow', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: fc.constantFrom('a', '\0', '\ud83d', '\ude00', 'é', '"') }),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.bigInt().map((whole) => digits(`${whole}`)),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const field = fc.oneof(fc.constantFrom(...CUSTOM, '$phone', '$created_date', '$changed', '__proto__'), fc.string());
    fc.assert(
      fc.property(fc.dictionary(field, value as fc.Arbitrary<Json>, { noNullPrototype: true }), (values) => {
        const cells = encodeRow(contactRow(values), contacts);
        const overflow = overflowOf(cells, contacts);
        for (const [name, upstream] of Object.entries(values)) {
          if (upstream === null || name === '$task_log') continue;
          const kept = fieldOf(overflow, name);
          const column = contacts.fields.get(name);
          if (kept === undefined) expect(column?.codec.exact(upstream)).toBe(cells[column?.index ?? -1]);
          else expect(canonicalJson(kept)).toBe(canonicalJson(upstream));
        }
      }),
    );
  });

  it('fits each value to its column, the nearest where there is no exact one', () => {
    const cells = encodeRow(
      contactRow({ narrow: 'too long', number: 1.1234567, instant: 'today', boolean: 'true', text: { a: 1 } }),
      contacts,
    );
    expect(CUSTOM.map((type) => cellOf(cells, contacts, `the ${type}`))).toEqual([
      '{"a":1}',
      'too ',
      1.12346,
      null,
      true,
    ]);
    expect(cells[contacts.overflowIndex]).toBe(
      '{"boolean":"true","instant":"today","narrow":"too long","number":1.1234567}',
    );
  });

  it('leaves the last custom fields in overflow where a row has more values than its table can hold', () => {
    const upstream = UPSTREAM_COLUMNS.contacts.flatMap(({ source }) => (source.from === 'field' ? [source.field] : []));
    const values = { ...Object.fromEntries(upstream.map((name) => [name, '2026-01-01T00:00:00Z'])), narrow: 'abc' };
    const fits = encodeRow(contactRow({ ...values, text: 'a' }), contacts);
    expect(fits[contacts.overflowIndex]).toBeNull();
    const full = encodeRow(contactRow({ ...values, text: 'a', number: 1, boolean: true }), contacts);
    expect(CUSTOM.map((type) => cellOf(full, contacts, `the ${type}`))).toEqual(['a', 'abc', null, null, null]);
    expect(full[contacts.overflowIndex]).toBe('{"boolean":true,"number":1}');
  });

  it("R23 keeps '' as NULL in typed columns only, and nulls nowhere", () => {
    const cells = encodeRow(contactRow({ narrow: '', number: '', instant: '', boolean: '', text: null }), contacts);
    expect(CUSTOM.map((type) => cellOf(cells, contacts, `the ${type}`))).toEqual([null, '', null, null, null]);
    expect(cells[contacts.overflowIndex]).toBeNull();
  });

  it('R23 writes overflow in one form, whatever the order of the keys', () => {
    const [a, b] = [
      { y: { d: 1, c: 2 }, x: 'é' },
      { x: 'é', y: { c: 2, d: 1 } },
    ].map((values) => encodeRow(contactRow(values), contacts));
    expect(a?.[contacts.overflowIndex]).toBe('{"x":"\\u00e9","y":{"c":2,"d":1}}');
    expect(b).toEqual(a);
  });

  it('puts rows where they hang, and keeps other ids that the upstream gives them', () => {
    const rows = [...rowsOfContact(sampleContact('A1'))];
    const connection = rows.find((row) => row.table === 'connections');
    if (connection === undefined) throw new TypeError('the sample has one');
    const values = { ...connection.values, id: 'other', contact_id: 'A1', transaction_id: 5 };
    const cells = encodeRow({ ...connection, values }, connections);
    expect(cellOf(cells, connections, 'id')).toBe('A1-c1');
    expect(cellOf(cells, connections, 'contact_id')).toBe('A1');
    expect(overflowOf(cells, connections)).toEqual({ id: 'other', transaction_id: 5 });
  });

  it("drops nothing of a transaction but its contact's id", () => {
    const row = { table: 'transactions', id: 't', contactId: 'A1', transactionId: null, connectionId: null } as const;
    expect(overflowOf(encodeRow({ ...row, values: { id: 'A1', x: 1 } }, transactions), transactions)).toEqual({
      x: 1,
    });
    expect(overflowOf(encodeRow({ ...row, values: { id: 'B2' } }, transactions), transactions)).toEqual({ id: 'B2' });
  });

  it('stores the fields of inbound calls under their other names, and knows them apart', () => {
    const values = {
      id: 'i',
      calling_number: '+1',
      remote_number: '+2',
      call_time: '2026-03-02T09:00:00Z',
      contact_id: 'A1',
    };
    const row = {
      table: 'inbound_calls',
      id: 'i',
      contactId: '',
      transactionId: null,
      connectionId: null,
      values,
    } as const;
    const cells = encodeRow(row, inboundCalls);
    expect(cellOf(cells, inboundCalls, 'remote_number')).toBe('+1');
    expect(cellOf(cells, inboundCalls, 'started')).toBe('2026-03-02T09:00:00.000Z');
    expect(cellOf(cells, inboundCalls, 'contact_id')).toBe('A1');
    expect(overflowOf(cells, inboundCalls)).toEqual({ remote_number: '+2' });
  });

  it('refuses the contact of an id that its column cannot hold', () => {
    const row = { ...contactRow({}), contactId: 'x'.repeat(256), id: 'x'.repeat(256) };
    expect(() => refuseUnfitId(row, contacts)).toThrow(
      expect.objectContaining({ code: 'SQL_ID_REFUSED', verdict: 'refused', refusedContactIds: [row.contactId] }),
    );
  });

  it('refuses the contact of a row above whose id the column for it cannot hold', () => {
    const row: Row = {
      ...contactRow({}),
      table: 'connections',
      id: 'c1',
      contactId: 'A1',
      transactionId: 'x'.repeat(256),
    };
    expect(() => refuseUnfitId(row, connections)).toThrow(
      expect.objectContaining({ code: 'SQL_ID_REFUSED', refusedContactIds: ['A1'] }),
    );
  });
});
