import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digits, type Json } from './json.js';

const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
const anyJson = fc.letrec<{ value: Json; object: Json; array: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, false, -0),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    anyText,
    tie('object'),
    tie('array'),
  ),
  object: fc.dictionary(fc.oneof(anyText, fc.constantFrom('__proto__', '10', '9', 'a')), tie('value'), { maxKeys: 5 }),
  array: fc.array(tie('value'), { maxLength: 5 }),
})).value;

describe('canonicalJson', () => {
  it('is JSON of the value, in printable ASCII', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalJson(value);
        expect(text).toMatch(/^[ -~]*$/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is the same text whatever the order of the keys, and they come by code unit', () => {
    expect(canonicalJson({ b: 1, a: { '9': 1, '10': 2 }, B: 3 })).toBe('{"B":3,"a":{"10":2,"9":1},"b":1}');
    fc.assert(
      fc.property(fc.dictionary(anyText, anyJson), (value) => {
        expect(canonicalJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(canonicalJson(value));
      }),
    );
  });

  it('keeps digits and escapes what encodings lose', () => {
    const value = { n: [digits('1.10'), 1e21, -0], t: 'Zoë \ud800\0"\\' };
    expect(canonicalJson(value)).toBe('{"n":[1.10,1e+21,0],"t":"Zo\\u00eb \\ud800\\u0000\\"\\\\"}');
  });

  it('writes any number of levels', () => {
    let value: Json = { b: [1, digits('1.10'), {}, []], a: '\u00eb' };
    const inner = canonicalJson(value);
    const levels = 25_000;
    for (let level = 0; level < levels; level += 1) value = { z: null, y: [value, 'x'] };
    const isRight = canonicalJson(value) === `${'{"y":['.repeat(levels)}${inner}${',"x"],"z":null}'.repeat(levels)}`;
    expect(isRight).toBe(true);
  });
});
