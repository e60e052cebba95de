import { CompiledQuery } from 'kysely';
import { expect, it } from 'vitest';
import { statementText } from './statement-text.js';

it('puts literals where parameters stand, and nowhere else', () => {
  const query = CompiledQuery.raw("UPDATE `t?` SET `a``?` = ?, b = '? it''s \\'?' WHERE c = ? AND d = ?", [
    "x'\\?\0",
    5,
    null,
  ]);
  expect(statementText(query)).toBe(
    "UPDATE `t?` SET `a``?` = 'x\\'\\\\?\\0', b = '? it''s \\'?' WHERE c = 5 AND d = NULL",
  );
});

it.each([{}, Symbol('s')])('refuses what has no literal', (value) => {
  expect(() => statementText(CompiledQuery.raw('SELECT ?', [value]))).toThrow(TypeError);
});
