import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InstantStorage } from '../engine/storage.js';
import { instantCodec } from './instant-codec.js';

const MILLIS: InstantStorage = { holds: 'instant', minYear: 0, maxYear: 9999, fractionDigits: 3 };
const range = { min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true };

describe('instantCodec', () => {
  it('keeps every instant in one form', () => {
    fc.assert(
      fc.property(fc.date(range), (date) => {
        expect(instantCodec(MILLIS).exact(date.toISOString())).toBe(date.toISOString());
      }),
    );
  });

  it('turns every offset into UTC', () => {
    fc.assert(
      fc.property(fc.date(range), fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 }), (date, minutes) => {
        const local = new Date(date.getTime() + minutes * 60_000);
        fc.pre(local.getUTCFullYear() >= 0 && local.getUTCFullYear() <= 9999);
        const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
        const offset = `${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`;
        expect(instantCodec(MILLIS).exact(local.toISOString().replace('Z', offset))).toBe(date.toISOString());
      }),
    );
  });

  it('takes the forms that name an instant', () => {
    const { exact } = instantCodec(MILLIS);
    expect(exact('2026-03-02T09:00:00Z')).toBe('2026-03-02T09:00:00.000Z');
    expect(exact('2026-03-02 09:00:00.5+02')).toBe('2026-03-02T07:00:00.500Z');
    expect(exact('2026-03-02T09:00Z')).toBe('2026-03-02T09:00:00.000Z');
    expect(exact('2026-03-02T09:00:00.120000Z')).toBe('2026-03-02T09:00:00.120Z');
    expect(exact('')).toBeNull();
  });

  it('has no exact cell for what names none, but shows what comes near', () => {
    const { exact, nearest } = instantCodec(MILLIS);
    const near = {
      '2026-03-02T09:00:00': '2026-03-02T09:00:00.000Z',
      '2026-03-02': '2026-03-02T00:00:00.000Z',
      '2026-03-02T09:00:00.1239Z': '2026-03-02T09:00:00.123Z',
    };
    for (const [value, shown] of Object.entries(near)) {
      expect(exact(value)).toBeUndefined();
      expect(nearest(value)).toBe(shown);
    }
    const none = [
      '2026-02-30T00:00:00Z',
      '2026-13-01',
      '2016-12-31T23:59:60Z',
      '2026-03-02T24:00:00Z',
      'now',
      '+012026-03-02T00:00:00Z',
    ];
    for (const value of [...none, 5, true, ['2026-03-02']]) {
      expect(exact(value)).toBeUndefined();
      expect(nearest(value)).toBeNull();
    }
  });

  it('keeps to the years and the fraction that the column has', () => {
    const { exact, nearest } = instantCodec({ holds: 'instant', minYear: 1000, maxYear: 2155, fractionDigits: 0 });
    expect(exact('0999-12-31T23:59:59Z')).toBeUndefined();
    expect(nearest('2156-01-01T00:00:00Z')).toBeNull();
    expect(exact('2155-12-31T23:59:59-01:00')).toBeUndefined();
    expect(exact('2026-03-02T09:00:00.000Z')).toBe('2026-03-02T09:00:00.000Z');
    expect(exact('2026-03-02T09:00:00.100Z')).toBeUndefined();
    expect(nearest('2026-03-02T09:00:00.900Z')).toBe('2026-03-02T09:00:00.000Z');
  });
});

function two(number: number): string {
  return String(number).padStart(2, '0');
}
