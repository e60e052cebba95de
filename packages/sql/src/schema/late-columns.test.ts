import { describe, expect, it } from 'vitest';
import { columnsOfNewTable, isFormerTable, lateStep } from './late-columns.js';
import type { MappedColumn, MapRow } from './mapped-field.js';
import type { ColumnStep } from './schema-steps.js';

const map: MapRow = { field: 'sequence_nr', column: 'sequence_nr', folded: 'sequence_nr' };
const add: ColumnStep<'add'> = { step: 'add', table: 'transactions', column: 'sequence_nr', type: 'numeric', map };
const mapped: readonly MappedColumn[] = [{ ...map, table: 'transactions', filled: false }];
const there = [{ name: 'sequence_nr', type: 'numeric' }];
const ALL = columnsOfNewTable('transactions', 'native').map(({ name }) => ({ name, type: '' }));

describe('lateStep', () => {
  it('adds the column of a table of the release before, with a row in the map', () => {
    expect(lateStep(add, [], [], false)).toEqual([add]);
    expect(lateStep(add, [], mapped, false)).toEqual([add]);
    expect(lateStep(add, there, mapped, false)).toEqual([]);
  });

  it('adds none to a table of the old client', () => {
    expect(lateStep(add, [], [], true)).toEqual([]);
  });

  it('leaves a column of another program alone, and takes back all where the map lost its rows', () => {
    expect(lateStep(add, there, [], false)).toMatchObject([{ step: 'overflow', field: 'sequence_nr' }]);
    expect(lateStep(add, ALL, [], false)).toEqual([{ step: 'adopt', table: 'transactions', map }]);
    const other = { table: 'transactions', field: 'phone', column: 'phone', folded: 'phone', filled: true } as const;
    expect(lateStep(add, ALL, [other], false)).toMatchObject([{ step: 'overflow' }]);
  });
});

it('makes tables in the layout of the old client without columns that came later', () => {
  const names = columnsOfNewTable('transactions', 'dbsync2').map(({ name }) => name);
  expect(names).not.toContain('sequence_nr');
  expect(names).toContain('$overflow');
  expect(ALL.map(({ name }) => name)).toContain('campaign_id');
});

it('knows a table of the old client by its short times of changes', () => {
  const storage = { holds: 'text', lengthIn: 'characters', lacks: null, replacement: '' } as const;
  const types = {
    storageOf: (type: string) => ({ ...storage, maxLength: type === 'short' ? 50 : null }),
  };
  expect(isFormerTable([{ name: '$changed', type: 'short' }], types)).toBe(true);
  expect(isFormerTable([{ name: '$changed', type: 'text' }], types)).toBe(false);
  expect(isFormerTable([], types)).toBe(false);
});
