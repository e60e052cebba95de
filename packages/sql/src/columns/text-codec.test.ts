import { digits, type Json } from '@dbsync/core/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextStorage } from '../engine/storage.js';
import { textCodec } from './text-codec.js';

const WIDE: TextStorage = {
  holds: 'text',
  maxLength: null,
  lengthIn: 'characters',
  lacks: null,
  replacement: '\ufffd',
};
const UTF8: TextStorage = { ...WIDE, lacks: /\0|\p{Surrogate}/gu };
const lengthIn = fc.constantFrom('characters', 'utf16-units', 'utf8-bytes' as const);

describe('textCodec', () => {
  it('keeps every text that fits, code unit by code unit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const text = String.fromCharCode(...units);
        expect(textCodec(WIDE).exact(text)).toBe(text);
      }),
    );
  });

  it('takes the JSON text of what is no text', () => {
    const { exact } = textCodec(WIDE);
    const texts: [Json, string][] = [
      [5, '5'],
      [digits('12345678901234567890.10'), '12345678901234567890.10'],
      [true, 'true'],
      [[1, digits('2.0')], '[1,2.0]'],
      [{ a: 'é' }, '{"a":"é"}'],
    ];
    for (const [value, text] of texts) expect(exact(value)).toBe(text);
  });

  it('takes booleans for digits where the old client did', () => {
    const { exact, nearest } = textCodec(WIDE, 'digits');
    expect([true, false, [true], 'true'].map((value) => exact(value))).toEqual(['1', '0', '[true]', 'true']);
    expect(nearest(true)).toBe('1');
  });

  it('has no exact cell for characters that the column lacks, and a readable one', () => {
    const codec = textCodec(UTF8);
    const shown = { 'a\0b': 'a\ufffdb', 'lone \ud83d': 'lone \ufffd', '\udc00': '\ufffd' };
    for (const [text, readable] of Object.entries(shown)) {
      expect(codec.exact(text)).toBeUndefined();
      expect(codec.nearest(text)).toBe(readable);
    }
    expect(codec.exact('pair \u{1f600}')).toBe('pair \u{1f600}');
  });

  it('never gives more than the column takes, and always all that it takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), lengthIn, (text, maxLength, unit) => {
        const codec = textCodec({ ...WIDE, maxLength, lengthIn: unit });
        const length = lengthOf(text, unit);
        expect(codec.exact(text)).toBe(length <= maxLength ? text : undefined);
        const nearest = String(codec.nearest(text));
        expect(text.startsWith(nearest)).toBe(true);
        expect(nearest.isWellFormed()).toBe(true);
        expect(lengthOf(nearest, unit)).toBeLessThanOrEqual(maxLength);
        const next = [...text.slice(nearest.length)][0];
        if (next !== undefined) expect(lengthOf(nearest + next, unit)).toBeGreaterThan(maxLength);
      }),
    );
  });
});

function lengthOf(text: string, unit: TextStorage['lengthIn']): number {
  if (unit === 'utf16-units') return text.length;
  return unit === 'characters' ? [...text].length : Buffer.byteLength(text);
}
