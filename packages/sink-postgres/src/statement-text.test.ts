import { CompiledQuery } from 'kysely';
import { expect, it } from 'vitest';
import { statementText } from './statement-text.js';

it('puts literals where parameters stand, and nowhere else', () => {
  const query = CompiledQuery.raw(`UPDATE "t$1" SET "a""$2" = $2, b = '$1 it''s $2' WHERE c = $1 AND d = $10`, [
    "x'\\$2",
    5,
    ...Array(7),
    null,
  ]);
  expect(statementText(query)).toBe(
    `UPDATE "t$1" SET "a""$2" = '5', b = '$1 it''s $2' WHERE c =  E'x''\\\\$2' AND d = NULL`,
  );
});

it.each(['a\0b', {}, Symbol('s')])('refuses what has no literal', (value) => {
  expect(() => statementText(CompiledQuery.raw('SELECT $1', [value]))).toThrow(TypeError);
});
