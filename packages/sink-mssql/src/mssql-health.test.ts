import { expect, it } from 'vitest';
import { privileges, room } from './mssql-health.js';

const levels = (edition: number, dataMb: number | null, freeMb: number | null) =>
  room({ edition }, dataMb, freeMb).map(({ level, remedy }) => `${level}${remedy === null ? '' : ' with a remedy'}`);

it('judges the room of the disk, and the limit of the free edition', () => {
  expect(levels(3, 50_000, 20_000)).toEqual(['pass']);
  expect(levels(3, 50_000, 200)).toEqual(['warn with a remedy']);
  expect(levels(3, 50_000, null)).toEqual(['unknown with a remedy']);
  expect(levels(4, 9_000, 20_000)).toEqual(['warn with a remedy', 'pass']);
  expect(levels(4, null, null)).toEqual(['unknown with a remedy']);
});

it('fails for rights on rows that are missing, and warns of the right to make tables once there is a copy', () => {
  const names = { default_schema: 'dbo', user_name: 'u' };
  const level = (state: object, onTables: readonly string[] | null) =>
    privileges({ ...names, ...state }, onTables === null ? null : new Set(onTables)).map((finding) => finding.level);
  expect(level({ may_create: 0 }, null)).toEqual(['fail']);
  expect(level({ may_create: 0, may_alter: 0 }, [])).toEqual(['warn']);
  expect(level({ may_insert: 0 }, [])).toEqual(['fail']);
  expect(level({ may_insert: 0 }, ['INSERT'])).toEqual(['pass']);
});
