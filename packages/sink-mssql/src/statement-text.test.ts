import { CompiledQuery } from 'kysely';
import { expect, it } from 'vitest';
import { bracketed, literal, name, statementText } from './statement-text.js';

it('puts literals where parameters stand, and nowhere else', () => {
  const query = CompiledQuery.raw(`UPDATE "t@1" SET "a""@2" = @2, b = '@1 it''s @2' WHERE c = @1 AND d = @10`, [
    "x'@2",
    5,
    ...Array(7),
    null,
  ]);
  expect(statementText(query)).toBe(`UPDATE "t@1" SET "a""@2" = 5, b = '@1 it''s @2' WHERE c = N'x''@2' AND d = NULL`);
});

it.each([
  ['it\'s "x"', `N'it''s "x"'`],
  ['', `N''`],
  ['\ud800', `N'\ud800'`],
  ['a\\b', `N'a\\b'`],
  ['a\\\nb', `(CAST(N'' AS nvarchar(max)) + N'a\\' + N'\nb')`],
  ['\\\r\n', `(CAST(N'' AS nvarchar(max)) + N'\\' + N'\r\n')`],
  ['\0', `(CAST(N'' AS nvarchar(max)) + NCHAR(0))`],
  ['a\0\0b', `(CAST(N'' AS nvarchar(max)) + N'a' + NCHAR(0) + NCHAR(0) + N'b')`],
  [true, '1'],
  [-1.5, '-1.5'],
  [undefined, 'NULL'],
])('writes %j as %s', (value, written) => {
  expect(literal(value)).toBe(written);
});

it('writes integers of any size', () => {
  expect(literal(12345678901234567890n)).toBe('12345678901234567890');
});

it.each([{}, Symbol('s'), Number.NaN])('refuses what has no literal', (value) => {
  expect(() => literal(value)).toThrow(TypeError);
});

it('quotes names, for statements and for people', () => {
  expect(name('a"b]')).toBe('"a""b]"');
  expect(bracketed('a"b]')).toBe('[a"b]]]');
});
