import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createByteReader } from './byte-reader.ts';
import type { TdsValue } from './data-type.ts';
import { readType, typeNamed } from './type-info.ts';

const unit = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const clock = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString().replace('T', ' ').replace('Z', ''));

const values: Readonly<Record<string, fc.Arbitrary<TdsValue>>> = {
  bit: fc.boolean(),
  tinyint: fc.integer({ min: 0, max: 255 }),
  smallint: fc.integer({ min: -32_768, max: 32_767 }),
  int: fc.integer(),
  bigint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  real: fc.float({ noNaN: true }),
  float: fc.double({ noNaN: true }),
  'decimal(38,10)': fc
    .tuple(fc.boolean(), fc.bigInt({ min: 1n, max: 10n ** 28n - 1n }), fc.bigInt({ min: 0n, max: 10n ** 10n - 1n }))
    .map(([negative, whole, fraction]) => `${negative ? '-' : ''}${whole}.${fraction.toString().padStart(10, '0')}`),
  'decimal(9,0)': fc.integer({ min: 0, max: 999_999_999 }).map(String),
  uniqueidentifier: fc.uuid().map((uuid) => uuid.toUpperCase()),
  date: clock.map((text) => text.slice(0, 10)),
  'datetime2(0)': clock.map((text) => text.slice(0, 19)),
  'datetime2(3)': clock,
  'datetime2(7)': clock.map((text) => `${text}0009`),
  'nvarchar(40)': unit,
  'nvarchar(max)': fc.oneof(unit, fc.constant('long 😀'.repeat(3000))),
  'varchar(20)': fc.constantFrom('', 'æ', 'latin'),
  'varbinary(max)': fc.uint8Array({ maxLength: 20_000 }).map((bytes) => Buffer.from(bytes)),
};

it.each(Object.entries(values))('%s is read as it was written, and so is its type', (name, arbitrary) => {
  const type = typeNamed(name);
  const readBack = readType(createByteReader(type.info));
  expect(readBack.name).toBe(name);
  fc.assert(
    fc.property(fc.option(arbitrary), (value) => {
      const source = createByteReader(type.write(value));
      expect(readBack.read(source)).toEqual(value);
      expect(source.left).toBe(0);
    }),
  );
});

it.each([
  ['int', '5'],
  ['bit', 1],
  ['decimal(9,2)', '1.234'],
  ['datetime2(0)', 'yesterday'],
  ['nvarchar(2)', 'abc'],
  ['geometry', ''],
])('%s refuses %j', (name, value) => {
  expect(() => typeNamed(name).write(value)).toThrow();
});

it('refuses a value whose chunks have another length than was said', () => {
  const said = typeNamed('nvarchar(max)').write('abc');
  said.writeBigUInt64LE(8n);
  expect(() => typeNamed('nvarchar(max)').read(createByteReader(said))).toThrow('A value of 8 bytes came as 6');
});
