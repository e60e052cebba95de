import { describe, expect, it } from 'vitest';
import { PARENT_COLUMNS, ROW_TABLES, UPSTREAM_COLUMNS } from '../columns/upstream-columns.js';
import type { EngineTypes } from '../engine/sql-engine.js';
import type { ForeignKey, TableDescription } from '../engine/table-description.js';
import { planFields } from './field-plan.js';
import { lateRows } from './late-columns.js';
import type { MappedColumn } from './mapped-field.js';
import { planTables, type SchemaTarget } from './schema-plan.js';
import type { SchemaState } from './schema-state.js';

const WIDE = { holds: 'text', maxLength: null, lengthIn: 'characters', lacks: null, replacement: '' } as const;

const types = {
  declare: (kind: string) => kind,
  storageOf: (type: string) => {
    if (type === 'NUMBER') return { holds: 'number', integerDigits: null, fractionDigits: null };
    return type === 'varchar(50)' ? { ...WIDE, maxLength: 50 } : WIDE;
  },
  wider: (type: string, kind: string | null) => {
    if (kind === 'key') return type === 'varchar_ci' ? 'key' : null;
    return type === 'varchar(50)' ? 'text' : null;
  },
} as Partial<EngineTypes> as EngineTypes;

const target: SchemaTarget = {
  engine: {
    types,
    limits: {
      columnsPerTable: 60,
      valuesPerRow: 60,
      parametersPerQuery: 100,
      concurrentWrites: 1,
      batchContacts: 1,
      batchBytes: 1,
    },
  },
  settings: { tablePrefix: '', columnTypes: 'native', maxCustomFields: 100, foreignKeys: true, reportIndexes: true },
};

/** A table as dbsync itself makes it. */
function ownTable(table: keyof typeof UPSTREAM_COLUMNS, more: readonly string[] = []): TableDescription {
  const columns = UPSTREAM_COLUMNS[table].map(({ name, kind }) => ({ name, type: kind }));
  const key = [UPSTREAM_COLUMNS[table][0]?.name ?? ''];
  const parent = PARENT_COLUMNS[table];
  return {
    columns: [...columns, ...more.map((name) => ({ name, type: 'text' }))],
    uniqueKeys: [key],
    indexes: [key, ...(parent ? [[parent.column]] : [])],
    foreignKeys: parent?.declared ? [{ column: parent.column, name: 'k', table: parent.parent, isCopy: true }] : [],
  };
}

/** The rows of the map of columns that came after the first release. */
const LATE = ROW_TABLES.flatMap((table) => lateRows(table, 'native').map((row) => ({ ...row, table, filled: true })));

function stateOf(changes: Partial<SchemaState['descriptions']> = {}, map: readonly MappedColumn[] = []): SchemaState {
  const descriptions = Object.fromEntries(ROW_TABLES.map((table) => [table, ownTable(table)]));
  return {
    version: '1',
    generation: '',
    views: [],
    fills: [],
    phase: null,
    unreadableKeys: new Set(),
    map: [...LATE, ...map],
    plans: null,
    forgotten: { count: 0, has: () => false },
    descriptions: { ...descriptions, ...changes },
  };
}

const text = (name: string) => ({ name, type: 'text' });

describe('planTables', () => {
  it('makes all tables, parents first, and then wants no more', () => {
    const empty: SchemaState = { ...stateOf(), map: [], descriptions: {} };
    expect(planTables(empty, target)).toEqual(ROW_TABLES.map((table) => ({ step: 'create-table', table })));
    expect(planTables(stateOf(), target)).toEqual([]);
  });

  it('R20 plans no key of a first load, and each of them where the load is not known', () => {
    const none = { uniqueKeys: [], indexes: [], foreignKeys: [] };
    const keyless = (table: Parameters<typeof ownTable>[0]) => ({ ...ownTable(table), ...none });
    const loaded = { contacts: keyless('contacts'), connections: keyless('connections') };
    const phase = { step: 'loading', mark: '' } as const;
    expect(planTables({ ...stateOf(loaded), phase }, target)).toEqual([]);
    expect(planTables({ ...stateOf({ inbound_calls: keyless('inbound_calls') }), phase }, target)).toHaveLength(2);
    expect(planTables(stateOf(loaded), target)).toEqual([
      { step: 'unique', table: 'contacts', column: '$id' },
      { step: 'unique', table: 'connections', column: 'id' },
      { step: 'index', table: 'connections', column: 'transaction_id' },
    ]);
  });

  it('R20 builds what a start that was cut off left out', () => {
    const cutOff = { ...ownTable('transactions'), indexes: [['id']] };
    expect(planTables(stateOf({ transactions: cutOff }), target)).toEqual([
      { step: 'index', table: 'transactions', column: 'contact_id' },
    ]);
  });

  it('adds to the tables of an earlier client what they lack, and widens their text, keys and indexed columns apart', () => {
    const columns = ownTable('contacts').columns.filter(({ name }) => !['$sync', '$overflow', '$error'].includes(name));
    const narrow = columns.map(({ name, type }) => ({
      name,
      type: type === 'text' || type === 'key' || name === '$entry_date' ? 'varchar(50)' : type,
    }));
    const contacts = {
      columns: [...narrow, { name: 'city', type: 'varchar(50)' }],
      uniqueKeys: [],
      indexes: [['$id', '$md5']],
      foreignKeys: [],
    };
    const map: MappedColumn[] = [{ table: 'contacts', field: 'city', column: 'city', folded: 'city', filled: true }];
    const steps = planTables(stateOf({ contacts }, map), target);
    const added = steps.flatMap((step) => (step.step === 'add' ? [step.column] : []));
    const widened = steps.flatMap((step) => (step.step === 'widen' ? [step.column] : []));
    expect(added).toEqual(['$error', '$sync', '$overflow']);
    expect(steps).toContainEqual({ step: 'unique', table: 'contacts', column: '$id' });
    expect(widened).toContain('$comment');
    expect(widened).toContain('$entry_date');
    expect(widened).toContain('city');
    expect(widened).not.toContain('$id');
    expect(widened).not.toContain('$md5');
    expect(widened).not.toContain('$created_date');
  });

  it('changes keys that take one id for another, indexed as they are', () => {
    const own = ownTable('transactions');
    const columns = own.columns.map((column) => (column.type === 'key' ? { ...column, type: 'varchar_ci' } : column));
    expect(planTables(stateOf({ transactions: { ...own, columns } }), target)).toEqual(
      ['id', 'contact_id'].map((column) => ({ step: 'widen', table: 'transactions', column, type: 'key', map: null })),
    );
  });

  it('R16b gives up the key to a parent that was renamed, and leaves keys to other tables alone', () => {
    const own = ownTable('connections');
    const keyTo = (table: string, isCopy: boolean) => ({ column: 'transaction_id', name: 'k', table, isCopy });
    const described = (key: ForeignKey) => stateOf({ connections: { ...own, foreignKeys: [key] } });
    const key = keyTo('old_transactions', true);
    expect(planTables(described(key), target)).toEqual([
      { step: 'unlink', table: 'connections', column: 'transaction_id', key },
    ]);
    expect(planTables(described(keyTo('Transactions', true)), target)).toEqual([]);
    expect(planTables(described(keyTo('crm_calls', false)), target)).toEqual([]);
  });

  it('R21 moves values into what it adds or widens only for fields of the upstream', () => {
    const columns = ownTable('contacts').columns.filter(({ name }) => !['$sync', '$error'].includes(name));
    const steps = planTables(stateOf({ contacts: { ...ownTable('contacts'), columns } }), target);
    expect(steps.map((step) => ('map' in step ? step.map : undefined))).toEqual([
      { field: '$error', column: '$error', folded: '$error' },
      null,
    ]);
  });
});

describe('planFields', () => {
  it('R21 adds a column a field, once', () => {
    const steps = planFields(stateOf(), [text('city'), { name: 'age', type: 'number' }], 100, target);
    expect(steps).toEqual([
      {
        step: 'add',
        table: 'contacts',
        column: 'city',
        type: 'text',
        map: { field: 'city', column: 'city', folded: 'city' },
      },
      {
        step: 'add',
        table: 'contacts',
        column: 'age',
        type: 'number',
        map: { field: 'age', column: 'age', folded: 'age' },
      },
    ]);
    const map = ['city', 'age'].map((field) => ({
      table: 'contacts' as const,
      field,
      column: field,
      folded: field,
      filled: true,
    }));
    const state = stateOf({ contacts: ownTable('contacts', ['city', 'age']) }, map);
    expect(planFields(state, [text('city'), { name: 'age', type: 'number' }], 100, target)).toEqual([]);
  });

  it('R21 repairs a row of the map without its column, and adopts a column without its row', () => {
    const map: MappedColumn[] = [
      { table: 'contacts', field: 'CITY', column: 'CITY_1', folded: 'city_1', filled: false },
    ];
    const state = stateOf({ contacts: ownTable('contacts', ['city']) }, map);
    const [repaired, adopted] = planFields(state, [text('CITY'), text('city')], 100, target);
    expect(repaired).toMatchObject({ step: 'add', column: 'CITY_1' });
    expect(adopted).toEqual({
      step: 'adopt',
      table: 'contacts',
      map: { field: 'city', column: 'city', folded: 'city' },
    });
  });

  it('R21 does not take the column of another program for a field of another case', () => {
    const [step] = planFields(stateOf({ contacts: ownTable('contacts', ['City']) }), [text('city')], 100, target);
    expect(step).toMatchObject({ step: 'add', column: expect.stringMatching(/^city_[0-9a-f]{8}$/) });
  });

  it('keeps off the columns that every copy has, whatever the campaign calls its fields', () => {
    const steps = planFields(stateOf(), ['$id', '$changed', '$phone', '$overflow'].map(text), 100, target);
    expect(steps).toEqual([]);
    const [step] = planFields(stateOf(), [text('$PHONE')], 100, target);
    expect(step).toMatchObject({ column: expect.stringMatching(/^\$PHONE_/) });
  });

  it('leaves fields beyond the limit in overflow, unless they have a column already', () => {
    const map: MappedColumn[] = [{ table: 'contacts', field: 'c', column: 'c', folded: 'c', filled: true }];
    const state = stateOf({ contacts: ownTable('contacts', ['c']) }, map);
    const steps = planFields(state, ['a', 'b', 'c', 'd'].map(text), 1, target);
    expect(steps.map((step) => [step.step, 'field' in step ? step.field : null])).toEqual([
      ['add', null],
      ['overflow', 'b'],
      ['overflow', 'd'],
    ]);
  });

  it('tells of a column of numbers whose field is a text now, and not of one the other way round', () => {
    const map: MappedColumn[] = [{ table: 'contacts', field: 'age', column: 'age', folded: 'age', filled: true }];
    const contacts = ownTable('contacts', ['age']);
    const numbers = contacts.columns.map((column) => (column.name === 'age' ? { ...column, type: 'NUMBER' } : column));
    const state = stateOf({ contacts: { ...contacts, columns: numbers } }, map);
    const [step] = planFields(state, [text('age')], 100, target);
    expect(step).toMatchObject({ step: 'overflow', field: 'age', why: expect.stringContaining('column age') });
    expect(planFields(state, [{ name: 'age', type: 'number' }], 100, target)).toEqual([]);
    expect(planFields(stateOf({ contacts }, map), [{ name: 'age', type: 'number' }], 100, target)).toEqual([]);
  });

  it('leaves fields in overflow that the engine has no room for', () => {
    const room = 60 - UPSTREAM_COLUMNS.contacts.length;
    const fields = Array.from({ length: 50 }, (_, nr) => text(`f${nr}`));
    const steps = planFields(stateOf(), fields, 100, target);
    expect(steps.filter(({ step }) => step === 'add')).toHaveLength(room);
    expect(steps.filter(({ step }) => step === 'overflow')).toHaveLength(50 - room);
  });
});
