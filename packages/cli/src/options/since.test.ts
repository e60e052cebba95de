import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSince } from './since.js';

it.each([
  ['2024-01-31', '2024-01-31T00:00:00.000Z'],
  ['2024-02-29T23:59:59', '2024-02-29T23:59:59.000Z'],
  ['2024-01-31T12:00:00.5', '2024-01-31T12:00:00.500Z'],
  ['2024-01-31T12:00:00.123', '2024-01-31T12:00:00.123Z'],
  ['2024-01-31T12:00:00Z', '2024-01-31T12:00:00.000Z'],
  ['2024-01-31T12:00:00.07Z', '2024-01-31T12:00:00.070Z'],
])('%s is %s', (text, instant) => {
  expect(parseSince(text)).toBe(instant);
});

it.each([
  '2023-02-29',
  '2024-13-01',
  '2024-00-10',
  '24-01-31',
  '31.01.2024',
  '2024-01-31Z',
  '2024-01-31T12:00',
  '2024-01-31T24:00:00',
  '2024-01-31T23:59:60',
  '2024-01-31T12:00:00+01:00',
  '2024-01-31T12:00:00.1234',
  '2024-01-31 12:00:00',
  'yesterday',
  '',
])('%j is none', (text) => {
  expect(parseSince(text)).toBeNull();
});

it('reads whatever instant it is given back', () => {
  const anyInstant = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(anyInstant, (date) => {
      const instant = date.toISOString();
      expect(parseSince(instant)).toBe(instant);
      expect(parseSince(instant.slice(0, -1))).toBe(instant);
    }),
  );
});
