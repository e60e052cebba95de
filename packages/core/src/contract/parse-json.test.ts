import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, fieldOf, isDigits, isFields, type Json } from './json.js';
import { parseJson } from './parse-json.js';

const DELICATE = [
  '12345678901234567890',
  '9007199254740993',
  '1234567890123456789012345678.5',
  '1.10',
  '-0',
  '-0.0',
  '1e5',
  '1E+2',
  '-1.5e-07',
  '0.0000001',
  '0.10000000000000001',
];
const PLAIN = ['0', '-1', '1.5', '123456789012345', '0.000001', '10.01', '-0.5'];

describe('parseJson', () => {
  it.each(DELICATE)('keeps %s as it was written, wherever it stands', (number) => {
    for (const text of [`{"a":${number}}`, `[1,${number}]`, `[ ${number} ,2]`, `[[${number}]]`, number]) {
      expect(JSON.stringify(parseJson(text))).toBe(text.replaceAll(' ', ''));
    }
    expect(isDigits(parseJson(number))).toBe(true);
  });

  it.each(PLAIN)('reads %s as a number', (number) => {
    expect(parseJson(`[${number},1e5]`)).toEqual([Number(number), expect.anything()]);
    expect(parseJson(`[${number}]`)).toEqual([Number(number)]);
  });

  it('makes every key a property of its own', () => {
    for (const number of ['1', '1.10']) {
      const value = parseJson(`{"__proto__":{"a":${number}},"constructor":"c"}`);
      if (!isFields(value)) throw new Error('no object');
      expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
      expect(JSON.stringify(fieldOf(value, '__proto__'))).toBe(`{"a":${number}}`);
      expect(fieldOf(value, 'toString')).toBeUndefined();
    }
  });

  it('takes text that looks like numbers for text', () => {
    const text = JSON.stringify({
      a: ':1.10,',
      b: '[12345678901234567890]',
      c: '2026-03-02T09:00:00.000Z',
      d: '\\":1e5,',
    });
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it.each(['', '{', '[1,', '{"a":1.10', 'nonsense', '<html>', '[1.10]]'])('throws for %j', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it.each([
    ['{"before":1,"\\\\":2}', '{"before":1,"\\u0000":2}', '\0'],
    ['{"earlier":1,"\\\\":2}', '{"earlier":1,"\\ud83d":2}', '\ud83d'],
    ['{"first":1,"\\\\n":2}', '{ "first" : 1 , "\\n\\n" : 2 }', '\n\n'],
    ['{"\\\\":2}', '{"\\"":2}', '"'],
  ])('after %s gives each value of %s under its own name', (before, text, name) => {
    parseJson(before);
    const value = parseJson(text);
    expect(isFields(value) && fieldOf(value, name)).toBe(2);
  });

  it('reads a hundred thousand levels', () => {
    const text = `${'['.repeat(100_000)}1.10${']'.repeat(100_000)}`;
    expect(canonicalJson(parseJson(text))).toBe(text);
  });

  it.each([
    '{"\\n":1,}',
    '[1.10,]',
    '{"\\n" 1}',
    '{"\\n":tru}',
    '[01.10]',
    '[1.10',
    '["\\n\n"]',
    '1.10 2',
    '{"\\n"}',
    '[1.10,"\\"]',
  ])('throws for %j, as JSON.parse does', (text) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('writes any document back as it was read', () => {
    const number = fc.constantFrom(...DELICATE, ...PLAIN).map(parseJson);
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }),
        fc.constantFrom(null, true, false),
        number,
        fc.array(tie('value')),
        fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('value')),
      ),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1), (json, indent) => {
        const text = JSON.stringify(json, null, indent);
        expect(canonicalJson(parseJson(text))).toBe(canonicalJson(json));
      }),
    );
  });
});
