import { expect, it } from 'vitest';
import type { EngineLimits, EngineTypes } from '../engine/sql-engine.js';
import { planTable } from './table-plan.js';
import { UPSTREAM_COLUMNS } from './upstream-columns.js';

const WIDE = { holds: 'text', maxLength: null, lengthIn: 'characters', lacks: null, replacement: '' } as const;
const TIME = { holds: 'instant', minYear: 0, maxYear: 9999, fractionDigits: 3 } as const;

const types = {
  storageOf: (type: string) => {
    if (type === 'instant') return TIME;
    return type === 'other' ? { holds: 'unknown' } : WIDE;
  },
} as Pick<EngineTypes, 'storageOf'> as EngineTypes;

/** Plans the table of contacts, with `$deleted_at` of this type; null: without it. */
function planWith(
  markType: string | null,
  custom: readonly { readonly field: string; readonly column: string }[] = [],
) {
  const columns = UPSTREAM_COLUMNS.contacts.flatMap(({ name, kind }) => {
    const type = name === '$deleted_at' ? markType : kind;
    return type === null ? [] : [{ name, type }];
  });
  const target = {
    types,
    limits: { valuesPerRow: 100 } as EngineLimits,
    columnTypes: 'native',
    reportIndexes: false,
    writesWithoutKey: true,
  } as const;
  const plan = planTable('contacts', 'contacts', { columns, uniqueKeys: [] }, custom, target);
  return {
    hasPlan: plan !== null,
    mark: plan?.columns[plan.deleted?.index ?? -1]?.name,
    field: plan?.fields.get('own'),
  };
}

it('R38 rows are written with and without the column of marks', () => {
  expect(planWith('instant')).toMatchObject({ hasPlan: true, mark: '$deleted_at' });
  expect(planWith('text')).toMatchObject({ hasPlan: true, mark: '$deleted_at' });
  expect(planWith(null)).toMatchObject({ hasPlan: true, mark: undefined });
});

it('R38 a column of that name which holds something else gets no marks', () => {
  expect(planWith('other')).toMatchObject({ hasPlan: true, mark: undefined });
  const { field, ...rest } = planWith('text', [{ field: 'own', column: '$deleted_at' }]);
  expect(rest).toMatchObject({ hasPlan: true, mark: undefined });
  expect(field).toBeDefined();
});
