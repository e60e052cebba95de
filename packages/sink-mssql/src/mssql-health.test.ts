import { expect, it } from 'vitest';
import { room } from './mssql-health.js';

const levels = (edition: number, dataMb: number | null, freeMb: number | null) =>
  room({ edition }, dataMb, freeMb).map(({ level, remedy }) => `${level}${remedy === null ? '' : ' with a remedy'}`);

it('judges the room of the disk, and the limit of the free edition', () => {
  expect(levels(3, 50_000, 20_000)).toEqual(['pass']);
  expect(levels(3, 50_000, 200)).toEqual(['warn with a remedy']);
  expect(levels(3, 50_000, null)).toEqual(['unknown with a remedy']);
  expect(levels(4, 9_000, 20_000)).toEqual(['warn with a remedy', 'pass']);
  expect(levels(4, null, null)).toEqual(['unknown with a remedy']);
});
