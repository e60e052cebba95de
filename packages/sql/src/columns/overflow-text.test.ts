import { digits, type Fields, type Json } from '@dbsync/core/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createOverflowWriter, overflowText, readOverflow } from './overflow-text.js';

it.each<[string, Fields, string]>([
  ['a plain value', { b: 'x', a: 1 }, '{"a":1,"b":"x"}'],
  ['a pair of surrogates', { a: '😀' }, '{"a":"\\ud83d\\ude00"}'],
  ['a backslash before u0000', { a: '\\u0000' }, '{"a":"\\\\u0000"}'],
  ['a hash that looks like a huge number', { a: '12e99999' }, '{"a":"12e99999"}'],
  ['NUL', { a: 'x\0', b: 1 }, '{"a":{"$json":"\\"x\\\\u0000\\""},"b":1}'],
  ['NUL below', { a: [{ k: '\0' }] }, '{"a":{"$json":"[{\\"k\\":\\"\\\\u0000\\"}]"}}'],
  ['half a pair', { a: '\ud83d!' }, '{"a":{"$json":"\\"\\\\ud83d!\\""}}'],
  ['half pairs around a backslash', { a: '\ud83d\\\ude00' }, '{"a":{"$json":"\\"\\\\ud83d\\\\\\\\\\\\ude00\\""}}'],
  ['a huge number', { a: digits('1e999999') }, '{"a":{"$json":"1e999999"}}'],
  ['NUL beside what looks wrapped', { '\0': { $json: '1' } }, '{"$json":"{\\"\\\\u0000\\":{\\"$json\\":\\"1\\"}}"}'],
  ['NUL in a name', { 'a\0': 1 }, '{"$json":"{\\"a\\\\u0000\\":1}"}'],
])('writes %s so that every database reads it', (_, values, text) => {
  expect(overflowText(values)).toBe(text);
  expect(readOverflow(text)).toEqual(values);
});

it('gives every value back as it was, and holds neither NUL nor half a pair', () => {
  const text = fc.string({
    unit: fc.constantFrom('\0', '\ud83d', '\ude00', '\\', 'u0000', '"', 'a', '$json', '1e9999'),
  });
  // V8 of Node 24 reads a name such as "\u0000" as "\" when an object before it had a field of that name.
  const name = text.filter((name) => name !== '\\');
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.integer(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value'), { maxKeys: 2 }),
    ),
  })).value;
  fc.assert(
    fc.property(fc.dictionary(name, value, { maxKeys: 3 }), (given) => {
      const values = Object.fromEntries(Object.entries(given)) as Fields;
      const written = overflowText(values);
      expect(readOverflow(written)).toEqual(values);
      JSON.parse(written, (name, member: unknown) => {
        for (const part of [name, member]) if (typeof part === 'string') expect(part.isWellFormed()).toBe(true);
        expect(`${name}${member}`).not.toContain('\0');
      });
    }),
  );
});

it('writes the same text row after row as for one row alone, whatever names came before', () => {
  const value = fc.oneof(
    fc.string({ unit: fc.constantFrom('\0', '\ud83d', '\ude00', '\\', 'a', 'é') }),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom<Json>(digits('1e999'), digits('1.10'), 1e300, { $json: '1' }, [1e-300, { b: 1, a: '\0' }]),
  );
  const name = fc.oneof(
    fc.constantFrom('a', 'b', 'B', '10', '9', '$json', '__proto__', 'é', '\0'),
    fc.integer({ max: 200 }).map((number) => `n${number}`),
  );
  const row = fc
    .array(fc.tuple(name, value), { maxLength: 80 })
    .map((entries) => Object.fromEntries(entries) as Fields);
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
      const overflow = createOverflowWriter();
      for (const values of rows) {
        for (const [field, member] of Object.entries(values)) overflow.add(field, member);
        expect(overflow.take()).toBe(Object.keys(values).length === 0 ? null : overflowText(values));
      }
    }),
  );
});
