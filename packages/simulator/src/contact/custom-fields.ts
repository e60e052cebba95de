import { HOSTILE_NAMES, HOSTILE_NUMBERS, HOSTILE_TEXTS, HOSTILE_TIMES } from './hostile-values.js';
import type { Random } from './random.js';

/** A field that the campaign's owner made. */
export interface CustomField {
  readonly name: string;
  readonly type: FieldType;
}

/** The API's `fieldType`. */
export type FieldType = keyof typeof VALUES;

/** Makes custom fields. @param count their number; those after the first few are numbered */
export function customFields(count: number): CustomField[] {
  return Array.from({ length: count }, (_, index) => FIRST_FIELDS[index] ?? numberedField(index + 1));
}

/** Makes a field of that number, its type taken in turn. */
export function numberedField(number: number): CustomField {
  return { name: `custom_${number}`, type: FIELD_TYPES[number % FIELD_TYPES.length] ?? 'text' };
}

/** Writes a value as JSON text. */
export function customValueText(field: CustomField, random: Random): string {
  return VALUES[field.type](random);
}

/** Returns the fields of hostile contacts that the campaign lists: values of every kind meet columns of every type. */
export function hostileFields(): CustomField[] {
  const names = HOSTILE_NAMES.filter((name) => !name.startsWith('$'));
  return [
    ...names.map((name, index) => ({ name, type: FIELD_TYPES[index % FIELD_TYPES.length] ?? 'text' })),
    ...numbered('number', HOSTILE_NUMBERS.length, 'number'),
    ...numbered('time', HOSTILE_TIMES.length, 'calendar'),
    ...numbered('text', HOSTILE_TEXTS.length, 'textarea'),
  ];
}

function numbered(stem: string, count: number, type: FieldType): CustomField[] {
  return Array.from({ length: count }, (_, index) => ({ name: `${stem} ${index}`, type }));
}

const FIRST_FIELDS: readonly CustomField[] = [
  { name: 'company', type: 'text' },
  { name: 'street', type: 'text' },
  { name: 'city', type: 'autocomplete' },
  { name: 'mobile', type: 'phone' },
  { name: 'birthday', type: 'date' },
  { name: 'appointment', type: 'calendar' },
  { name: 'interest', type: 'radiogroup' },
  { name: 'product', type: 'dropdown' },
  { name: 'newsletter', type: 'checkbox' },
  { name: 'revenue', type: 'number' },
  { name: 'notes', type: 'textarea' },
];

/** The values of each type. They are strings, numbers apart; some numbers are strings too. */
const VALUES = {
  text: (random: Random) => `"Text ${random.int(100_000)}"`,
  date: (random: Random) => `"19${10 + random.int(90)}-0${1 + random.int(9)}-${10 + random.int(19)}"`,
  calendar: (random: Random) => `"2031-0${1 + random.int(9)}-${10 + random.int(19)}T${10 + random.int(10)}:30:00.000Z"`,
  phone: (random: Random) => `"+4930${1_000_000 + random.int(8_999_999)}"`,
  radiogroup: (random: Random) => random.pick(['"yes"', '"no"', '"later"']),
  dropdown: (random: Random) => `"Product ${random.int(12)}"`,
  autocomplete: (random: Random) => `"City ${random.int(500)}"`,
  checkbox: (random: Random) => (random.chance(0.5) ? '"true"' : '"false"'),
  number: (random: Random) => (random.chance(0.5) ? `${random.int(1_000_000)}` : `"${random.int(100_000)}.25"`),
  textarea: (random: Random) => `"Called ${random.int(9)} times.\\nSpeaks slowly, \\"Tuesdays\\" only."`,
};

const FIELD_TYPES = Object.keys(VALUES) as FieldType[];
