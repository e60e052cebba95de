import { describe, expect, it } from 'vitest';
import { cellMeans } from './exact-cells.ts';
import { type ExactJson, parseExact, sameJson } from './exact-json.ts';

type Case = readonly ['text' | 'instant' | 'number' | 'boolean', unknown, string];

describe('cellMeans', () => {
  const same: readonly Case[] = [
    ['text', 'Straße', '"Straße"'],
    ['text', '', '""'],
    ['text', null, 'null'],
    ['text', '5', '5'],
    ['text', '1.10', '1.10'],
    ['text', '12345678901234567890', '12345678901234567890'],
    ['text', 'true', 'true'],
    ['text', '{"b":[1],"a":2.0}', '{"a":2,"b":[1]}'],
    ['instant', '2024-05-06 07:08:09.01', '"2024-05-06T07:08:09.010Z"'],
    ['instant', '2024-05-06 05:08:09', '"2024-05-06T07:08:09.000+02:00"'],
    ['instant', '2024-05-06 07:08:09+00', '"2024-05-06T07:08:09Z"'],
    ['instant', null, '""'],
    ['number', '12.50', '12.5'],
    ['number', '100', '1e2'],
    ['number', 12n, '"12"'],
    ['number', 0.5, '0.50'],
    ['number', '-0', '0'],
    ['number', '123456789012345678901234567890', '123456789012345678901234567890'],
    ['number', null, '""'],
    ['boolean', 't', 'true'],
    ['boolean', 0n, 'false'],
    ['boolean', null, '""'],
  ];
  it.each(same)('%s %s is %s', (kind, cell, json) => expect(cellMeans(kind, cell, parseExact(json))).toBe(true));

  const other: readonly Case[] = [
    ['text', null, '""'],
    ['text', '', 'null'],
    ['text', 'a ', '"a"'],
    ['text', '\ufffd', '"\\ud800"'],
    ['text', '1.1', '1.10'],
    ['text', '9007199254740992', '9007199254740993'],
    ['text', '{"a":2', '{"a":2}'],
    ['text', '[1,2]', '[1]'],
    ['instant', '2024-05-06 07:08:09', '"2024-05-06T07:08:09"'],
    ['instant', '2024-03-01 12:00:00', '"2024-02-30T12:00:00.000Z"'],
    ['instant', '2024-05-06 07:08:09.010', '"2024-05-06T07:08:09.010203Z"'],
    ['instant', '2024-05-06 07:08:09', '1714979289000'],
    ['instant', null, '"yesterday"'],
    ['number', '9007199254740992', '9007199254740993'],
    ['number', 12n, '12.5'],
    ['number', null, '0'],
    ['number', '1', 'true'],
    ['boolean', 't', 'false'],
    ['boolean', 't', '"true"'],
    ['boolean', null, 'false'],
  ];
  it.each(other)('%s %s is not %s', (kind, cell, json) => expect(cellMeans(kind, cell, parseExact(json))).toBe(false));
});

describe('parseExact', () => {
  it.each(['9007199254740993', '-0', '1.10', '1e400', '0.123456789012345678901', '[1.0]', '{"a":{"b":1E5}}'])(
    'keeps the digits of %s',
    (text) => expect(JSON.stringify(parseExact(text))).toBe(text),
  );

  it('keeps keys that mean something to JavaScript', () => {
    const parsed = parseExact('{"__proto__":12345678901234567890}') as Record<string, ExactJson>;
    expect(Object.keys(parsed)).toEqual(['__proto__']);
  });
});

describe('sameJson', () => {
  it.each([
    ['{"a":1,"b":[2.0]}', '{"b":[2],"a":1e0}', true],
    ['{"__proto__":1}', '{}', false],
    ['{"a":null}', '{"b":null}', false],
    ['{"a":1}', '{"a":1,"b":2}', false],
    ['[1,2]', '[1]', false],
    ['"1"', '1', false],
    ['{}', '[]', false],
  ])('%s and %s: %s', (a, b, same) => expect(sameJson(parseExact(a), parseExact(b))).toBe(same));
});
