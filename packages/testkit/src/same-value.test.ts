import { canonicalJson, digits, type Json } from '@dbsync/core/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameValue } from './same-value.js';

describe('sameValue', () => {
  it.each<readonly [Json | undefined, Json | undefined]>([
    [null, undefined],
    [undefined, null],
    ['', null],
    ['12', 12],
    [1.5, '1.50'],
    ['1.50', digits('1.5')],
    [digits('1e400'), `1${'0'.repeat(400)}`],
    [digits('100'), digits('1E+2')],
    [digits('-0.10'), digits('-1e-1')],
    [digits('12345678901234567890'), '12345678901234567890'],
    ['2026-03-02T09:00:00Z', '2026-03-02T09:00:00.000Z'],
    ['2026-03-02T09:00:00+02:00', '2026-03-02 07:00:00+00'],
    ['2026-03-02T09:00:00.1230Z', '2026-03-02T09:00:00.123+0000'],
    [{ b: 1, a: [digits('1.10')] }, '{"a":[1.10],"b":1}'],
    [true, 'true'],
  ])('takes %j for %j in a typed place', (upstream, stored) => {
    expect(sameValue('duration', upstream, stored)).toBe(true);
  });

  it.each<readonly [Json | undefined, Json | undefined]>([
    ['a', null],
    [null, ''],
    [null, 'null'],
    [0, null],
    [1, true],
    [digits('9007199254740993'), 9007199254740992],
    [digits('0.1'), digits('0.1000000000000000055')],
    ['2026-03-02T09:00:00.1239Z', '2026-03-02T09:00:00.123Z'],
    ['2026-03-02T09:00:00', '2026-03-02T09:00:00Z'],
    ['2026-02-30T00:00:00Z', '2026-03-02T00:00:00Z'],
    ['not a time', null],
    ['\ud83d', '\ufffd'],
    [{ a: 1 }, '{"a":2}'],
    [[], ''],
  ])('does not take %j for %j', (upstream, stored) => {
    expect(sameValue('duration', upstream, stored)).toBe(false);
  });

  it.each<readonly [Json, Json | undefined]>([
    ['', null],
    ['1.50', '1.5'],
    ['2026-03-02T09:00:00Z', '2026-03-02T09:00:00.000Z'],
    ['007', 7],
    ['{"a":1}', '{"a": 1}'],
  ])('holds text to its code units: %j is not %j', (upstream, stored) => {
    expect(sameValue('$comment', upstream, stored)).toBe(false);
  });

  it('takes whatever is itself, and its JSON text unless it was text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = value as Json;
        expect(sameValue('$comment', json, json)).toBe(true);
        if (typeof json !== 'string' && json !== null)
          expect(sameValue('$comment', json, canonicalJson(json))).toBe(true);
      }),
    );
  });

  it('tells different texts apart', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(sameValue('text', a, b)).toBe(a === b);
      }),
    );
  });
});
