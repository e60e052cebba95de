import { type Json, rawNumber } from './json.js';

/** Texts that encoders, databases and terminals often handle wrongly. */
export const HOSTILE_TEXTS: readonly string[] = [
  'family 👨‍👩‍👧‍👦, flag 🇩🇪, astral 𝒳',
  'before\u0000after',
  '\u0000',
  'high \ud83d alone',
  '\udc00 low alone',
  '\udc00\ud83d turned around',
  'Ünïcödé — ‘quotes’ “double”, Кириллица, 漢字, عربى, ไทย',
  'e\u0301 decomposed, é composed',
  "'; DROP TABLE contacts; --",
  'back\\slash, tab\t, return\r\n, quote " and \'',
  '\\N',
  '\\x00\\u0000',
  'COPY end\n\\.\n',
  '\ufeffbyte order mark, \u2028 and \u2029, \u200b, \u202e',
  '\u0001\u001b[31m\u007f\u0085',
  ' blanks at both ends ',
  'NULL',
  '',
];

/** Numbers that a double, a 64-bit integer or a narrow decimal would change. */
export const HOSTILE_NUMBERS: readonly Json[] = [
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775809',
  '9007199254740993',
  '123456789012345678901234567890',
  '0.123456789012345678901234567891',
  '123456789012345.678901234567890',
  '1.10',
  '1e2',
  '1E-7',
  '-0',
  '0.1',
  '1e400',
].map(rawNumber);

/** Every type that JSON has. */
export const JSON_TYPES: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1.5,
  '',
  'text',
  [],
  {},
  [1, 'two', null, { three: [3] }],
  { a: { b: { c: [rawNumber('18446744073709551616'), '\u0000', null] } }, '': 'empty name' },
];

/** Values in the place of a time. */
export const HOSTILE_TIMES: readonly Json[] = [
  '',
  null,
  'yesterday',
  '0000-00-00 00:00:00',
  '2024-02-30T12:00:00.000Z',
  '2024-13-01T00:00:00.000Z',
  '2024-05-06T24:00:00.000Z',
  '2024-05-06T07:08:60.000Z',
  '2024-05-06T07:08:09.010+02:00',
  '2024-05-06T07:08:09.010203Z',
  '2024-05-06T07:08:09',
  '2024-05-06',
  '+012024-05-06T07:08:09.000Z',
  '0001-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  1_700_000_000_000,
  true,
  {},
];

/** Values in the place of a number. */
export const HOSTILE_FOR_NUMBER: readonly Json[] = [
  '',
  null,
  'many',
  '12',
  '12.50',
  '1e3',
  '0x10',
  'NaN',
  true,
  [],
  ' 7 ',
];

/** Values in the place of a boolean. */
export const HOSTILE_FOR_BOOLEAN: readonly Json[] = ['', null, 'true', 'false', 'yes', 'TRUE', 1, 0, 2, '1', {}];

/** Names of fields, among them those of dbsync's columns and of JavaScript. */
export const HOSTILE_NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'id',
  'ID',
  'status',
  'Status',
  '$ID',
  '$changed',
  '$sync',
  '$overflow',
  'select',
  'a"b',
  "a'b",
  'a`b',
  'a]b',
  'a;b -- c',
  'with blank',
  ' ',
  '',
  'percent%s',
  'back\\slash',
  'line\nbreak',
  'nul\u0000name',
  'lone\ud83dsurrogate',
  'straße',
  'STRASSE',
  'é',
  'e\u0301',
  'ﬁeld',
  'field',
  '名前',
  '😀',
  'n'.repeat(63),
  'n'.repeat(64),
  `${'n'.repeat(64)}x`,
  'ü'.repeat(40),
];
