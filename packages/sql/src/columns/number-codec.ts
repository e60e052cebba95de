import { isDigits, type Json } from '@dbsync/core/contract';
import type { Cell, NumberStorage } from '../engine/storage.js';
import type { CellCodec } from './cell-codec.js';

/**
 * Plain digits are written out up to this many. No real number is longer, and `1e999999999` must not fill the memory.
 */
const MAX_DIGITS = 1000;

export function numberCodec(storage: NumberStorage): CellCodec {
  const { integerDigits, fractionDigits } = storage;
  // Written out, a double has at most 309 digits before the point and 341 behind it.
  const takesEvery = (integerDigits ?? MAX_DIGITS) >= 309 && (fractionDigits ?? MAX_DIGITS) >= 341;
  const takesIntegers = (integerDigits ?? MAX_DIGITS) >= 16;
  return {
    exact(value) {
      if (value === '') return null;
      if (typeof value === 'number' && (takesEvery || (takesIntegers && Number.isSafeInteger(value)))) return value + 0;
      const decimal = decimalOf(value, JSON_NUMBER);
      return decimal !== null && fits(decimal, storage) ? cellOf(decimal) : undefined;
    },
    nearest(value) {
      const decimal = decimalOf(value, READABLE_NUMBER);
      if (decimal === null || decimal.point > (integerDigits ?? MAX_DIGITS)) return null;
      const near = rounded(decimal, fractionDigits ?? MAX_DIGITS / 2);
      return fits(near, storage) ? cellOf(near) : null;
    },
  };
}

/** Returns whether two numbers, each as a cell or as plain digits, are the same one. */
export function isSameNumber(one: Cell, other: Cell): boolean {
  const [a, b] = [one, other].map((number) => (number === null ? null : decimalOf(number, READABLE_NUMBER)));
  if (!a || !b) return false;
  return a.negative === b.negative && a.digits === b.digits && a.point === b.point;
}

const JSON_NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const READABLE_NUMBER = /^\s*([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?\s*$/;

/**
 * A decimal number: `digits` without zeros at either end (empty: zero); the point is `point` digits from their start.
 */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly point: number;
}

function decimalOf(value: Json, form: RegExp): Decimal | null {
  const match = form.exec(numberText(value));
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  const leading = /^0*/.exec(all)?.[0].length ?? 0;
  const digits = withoutZerosBehind(all.slice(leading));
  if (digits === '') return { negative: false, digits, point: 0 };
  return { negative: sign === '-', digits, point: whole.length - leading + Number(exponent) };
}

/** Removes zeros from the end in one pass: a regular expression would start again at each zero inside a long number. */
function withoutZerosBehind(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

function numberText(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return isDigits(value) ? value.rawJSON : '';
}

function fits({ digits, point }: Decimal, { integerDigits, fractionDigits }: NumberStorage): boolean {
  const fraction = Math.max(0, digits.length - point);
  return point <= (integerDigits ?? MAX_DIGITS) && fraction <= (fractionDigits ?? MAX_DIGITS);
}

/** Rounds half away from zero, to this number of digits behind the point. */
function rounded(decimal: Decimal, fractionDigits: number): Decimal {
  const { negative, digits, point } = decimal;
  const kept = point + fractionDigits;
  if (digits.length <= kept) return decimal;
  if (kept < 0) return { negative: false, digits: '', point: 0 };
  const up = (digits[kept] ?? '0') >= '5' ? 1n : 0n;
  const scaled = BigInt(digits.slice(0, kept) || '0') + up;
  const text = scaled.toString();
  if (scaled === 0n) return { negative: false, digits: '', point: 0 };
  return { negative, digits: withoutZerosBehind(text), point: point + text.length - kept };
}

/** Returns a JavaScript number where it is exactly the same number, else the digits. */
function cellOf(decimal: Decimal): Cell {
  const text = plain(decimal);
  const number = Number(text);
  if (!Number.isFinite(number)) return text;
  const back = decimalOf(number, JSON_NUMBER);
  return back !== null && back.digits === decimal.digits && back.point === decimal.point ? number : text;
}

function plain({ negative, digits, point }: Decimal): string {
  if (digits === '') return '0';
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const fraction = point > 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
