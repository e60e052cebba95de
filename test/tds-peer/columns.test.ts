import { expect, it } from 'vitest';
import { createByteReader } from './byte-reader.ts';
import { columnsToken, readColumns, readRow, rowToken, tableToken } from './columns.ts';
import { typeNamed } from './type-info.ts';

const columns = Array.from({ length: 10 }, (_, index) => ({ name: `c${index}`, type: typeNamed('int') }));

it('reads a head and a row as they were written', () => {
  const row = [1, null, 3, 4, 5, 6, 7, 8, 9, null];
  const source = createByteReader(Buffer.concat([columnsToken(columns), rowToken(columns, row)]));
  expect(source.u8()).toBe(tableToken.columns);
  const head = readColumns(source);
  expect(head.map(({ name, type }) => `${name} ${type.name}`)).toEqual(columns.map(({ name }) => `${name} int`));
  expect(readRow(source.u8(), head, source)).toEqual(row);
  expect(source.left).toBe(0);
});

it('reads a row whose bitmap says which values are NULL, and so are not sent', () => {
  const allBut1And9 = Buffer.of(0b1111_1101, 0b01);
  const sent = Buffer.concat([1, 9].map((value) => typeNamed('int').write(value)));
  const source = createByteReader(Buffer.concat([allBut1And9, sent]));
  const row = readRow(tableToken.rowWithNullBitmap, columns, source);
  expect(row).toEqual([null, 1, null, null, null, null, null, null, null, 9]);
});

it('refuses what is no row', () => {
  expect(() => readRow(0xd3, columns, createByteReader(Buffer.alloc(100)))).toThrow('0xd3');
});
