import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnNameFor, fieldKey, foldedName } from './column-names.js';

/** Names fields one after the other, as the column map does: each keeps the name that it was given. */
function namesFor(fields: readonly string[]): string[] {
  const taken = new Set<string>();
  return fields.map((field) => {
    const name = columnNameFor(field, taken);
    taken.add(foldedName(name));
    return name;
  });
}

const hostile = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.string({
    unit: fc.constantFrom('a', 'A', 'ａ', ' ', '"', "'", '`', ']', '.', '\0', '\ud800', 'ß', 'ſ', 'ア', 'あ'),
  }),
  fc.string({ minLength: 50, maxLength: 300 }),
  // Names so short that several fields of one table fold to the same one.
  fc.string({ unit: fc.constantFrom('a', 'A', 'ａ', 's', 'S', 'ß'), minLength: 1, maxLength: 2 }),
);

describe('foldedName', () => {
  it('R21 folds a name of ASCII letters as it folds the same letters beside others', () => {
    const ascii = fc.string({ unit: fc.integer({ min: 0, max: 0x7f }).map((unit) => String.fromCharCode(unit)) });
    fc.assert(
      fc.property(ascii, (name) => {
        expect(foldedName(`${name}|`)).toBe(foldedName(`${name}|é`).replace(/e$/, ''));
        expect(foldedName(`${name} `)).toBe(foldedName(name));
      }),
    );
  });
});

describe('columnNameFor', () => {
  it('R21 gives every field a column that no engine takes for another', () => {
    fc.assert(
      fc.property(fc.uniqueArray(hostile, { maxLength: 60 }), (fields) => {
        const folded = namesFor(fields).map(foldedName);
        expect(new Set(folded).size).toBe(fields.length);
      }),
    );
  });

  it('R21 gives names that every engine takes: 63 bytes, no control characters, nothing beyond the basic plane', () => {
    fc.assert(
      fc.property(hostile, (field) => {
        const name = columnNameFor(field, new Set());
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
        expect(name).toMatch(/^[^\p{C}\u{10000}-\u{10ffff}]+$/u);
        expect(name).toBe(name.trim());
      }),
    );
  });

  it('R21 keeps the name of a field that is a name', () => {
    const fields = ['city', 'Customer No', '$$fc_status', 'größe', '名前', 'a.b', 'a"b', '1', 'x'.repeat(54)];
    expect(namesFor(fields)).toEqual(fields);
  });

  it('R21 tells names apart that differ in case, width, kana, ligature or normal form only', () => {
    const [first, ...others] = namesFor(['straße', 'STRASSE', 'Straſſe', 'ｓｔｒａｓｓｅ']);
    expect(first).toBe('straße');
    expect(others).toEqual(others.map(() => expect.stringMatching(/^(?:STRASSE|Strasse|strasse)_[0-9a-f]{8}$/)));
    expect(namesFor(['あ', 'ア'])[1]).toMatch(/^ア_[0-9a-f]{8}$/);
    expect(namesFor(['\u00e9', 'e\u0301'])[1]).toMatch(/^é_[0-9a-f]{8}$/);
  });

  it('R21 tells names apart that differ in marks only, which MariaDB mixes up in wide tables', () => {
    for (const pair of ['её', 'äå', 'eé', 'iİ', 'ıİ', 'ßš', 'αᾼ', 'ＡÅ']) {
      const [first = '', second = ''] = pair;
      expect(namesFor([first, second])[1], pair).toMatch(/_[0-9a-f]{8}$/);
    }
  });

  it('R21 keeps off the names of columns that an engine has for itself', () => {
    for (const name of ['rowid', 'ROWID', 'oid', '_rowid_', 'ctid', 'xmin']) {
      expect(columnNameFor(name, new Set())).toMatch(/_[0-9a-f]{8}$/);
    }
  });

  it('R21 evades a field that is named like the column of another', () => {
    const [, derived = ''] = namesFor(['status', 'STATUS']);
    const names = namesFor([derived, 'status', 'STATUS']);
    expect(new Set(names.map(foldedName)).size).toBe(3);
    expect(names[0]).toBe(derived);
  });

  it('R21 finds readable stems for 200 fields of one folded name', () => {
    const fields = Array.from({ length: 200 }, (_, nr) =>
      'customername'.replace(/./g, (letter, at) => ((nr >> (at % 8)) & 1 ? letter.toUpperCase() : letter)),
    );
    const names = namesFor(fields);
    expect(new Set(names.map(foldedName)).size).toBe(200);
    for (const name of names.slice(1)) expect(name.toLowerCase()).toMatch(/^customername_[0-9a-f]{8}$/);
  });
});

describe('fieldKey', () => {
  it('differs for names that differ in a lone surrogate only', () => {
    expect(fieldKey('\ud800')).not.toBe(fieldKey('\ud801'));
    expect(fieldKey('a')).toMatch(/^[0-9a-f]{64}$/);
  });
});
