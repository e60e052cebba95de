import { digits, isDigits, type Json } from '@dbsync/core/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NumberStorage } from '../engine/storage.js';
import { numberCodec } from './number-codec.js';

const ANY: NumberStorage = { holds: 'number', integerDigits: null, fractionDigits: null };
const NARROW: NumberStorage = { holds: 'number', integerDigits: 10, fractionDigits: 2 };

describe('numberCodec', () => {
  it('keeps every double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(numberCodec(ANY).exact(number)).toBe(number + 0);
      }),
    );
  });

  it('keeps decimals of any length, as digits where no double is the same number', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat(40), (whole, scale) => {
        const text = scaled(whole, scale);
        const cell = numberCodec(ANY).exact(digits(text));
        expect(plain(String(cell))).toBe(plain(text));
      }),
    );
  });

  it('takes numbers that come as text, and knows an exponent', () => {
    const cells: [Json, unknown][] = [
      ['12', 12],
      ['1.50', 1.5],
      [digits('1.10'), 1.1],
      [digits('1e2'), 100],
      [digits('12.5e-1'), 1.25],
      [digits('9007199254740993'), '9007199254740993'],
      [digits('0.1000000000000000055511151231257827'), '0.1000000000000000055511151231257827'],
      [digits('1e22'), 1e22],
      [digits('1e400'), `1${'0'.repeat(400)}`],
      [digits('-0'), 0],
      ['', null],
    ];
    for (const [value, cell] of cells) expect(numberCodec(ANY).exact(value)).toBe(cell);
  });

  it('has no exact cell for what is no number, or is spelled as none', () => {
    const { exact, nearest } = numberCodec(ANY);
    for (const value of ['x', 'NaN', '0x10', '1_000', '--1', true, [1], { a: 1 }]) {
      expect(exact(value)).toBeUndefined();
      expect(nearest(value)).toBeNull();
    }
    for (const [value, near] of [
      ['007', 7],
      [' 5', 5],
      ['+1.5', 1.5],
    ] as const) {
      expect(exact(value)).toBeUndefined();
      expect(nearest(value)).toBe(near);
    }
  });

  it('does not write out the digits of a number that would fill the memory', () => {
    const { exact, nearest } = numberCodec(ANY);
    expect(exact(digits('1e999999999'))).toBeUndefined();
    expect(nearest(digits('1e999999999'))).toBeNull();
    expect(nearest(digits('1e-999999999'))).toBe(0);
  });

  it('takes as long as a number is long, whatever zeros it has inside', () => {
    const { exact, nearest } = numberCodec(ANY);
    const long = `1${'0'.repeat(1_000_000)}1`;
    for (const value of [long, digits(long), digits(`0.${long}`), digits(`${long}.${long}`)]) {
      expect(exact(value)).toBeUndefined();
      expect(nearest(value)).toBe(isDigits(value) && value.rawJSON.startsWith('0.') ? 0.1 : null);
    }
  });

  it('rounds for the eye only', () => {
    const { exact, nearest } = numberCodec(NARROW);
    expect(exact(1.25)).toBe(1.25);
    const rounded: [Json, number][] = [
      [1.005, 1.01],
      [1.239, 1.24],
      [-0.004, 0],
      [0.005, 0.01],
      [9.999, 10],
      [0.999, 1],
    ];
    for (const [value, near] of rounded) {
      expect(exact(value)).toBeUndefined();
      expect(nearest(value)).toBe(near);
    }
    expect(exact(12345678901)).toBeUndefined();
    expect(nearest(12345678901)).toBeNull();
    expect(nearest(9999999999.999)).toBeNull();
  });
});

function scaled(whole: bigint, scale: number): string {
  const sign = whole < 0n ? '-' : '';
  const all = (whole < 0n ? -whole : whole).toString().padStart(scale + 1, '0');
  return scale === 0 ? sign + all : `${sign}${all.slice(0, -scale)}.${all.slice(-scale)}`;
}

/** Writes a number without an exponent and without zeros that mean nothing. */
function plain(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text) ?? [];
  const shift = Number(exponent) - fraction.length;
  const all = BigInt(whole + fraction) * 10n ** BigInt(Math.max(0, shift + 400));
  return `${all === 0n ? '' : sign}${shift < -400 ? `${all}e${shift}` : all}`;
}
