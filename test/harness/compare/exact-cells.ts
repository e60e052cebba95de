import { type ExactJson, numberText, parseExact, sameJson, sameNumber } from './exact-json.ts';

/** The kind of values of a column. Booleans may come as true, 1 or `t`, numbers and times as text. */
export type ColumnKind = 'text' | 'instant' | 'number' | 'boolean';

/**
 * True where the cell means exactly this value of the upstream: the same number, the same instant, the same code units
 * of text. In a typed column `''` is NULL; in a text column a value that is no text is its JSON text, or a digit for a
 * boolean.
 */
export function cellMeans(kind: ColumnKind, cell: unknown, value: ExactJson): boolean {
  if (value === null) return cell === null;
  if (kind === 'text') return textMeans(cell, value);
  if (value === '') return cell === null;
  if (kind === 'boolean') return typeof value === 'boolean' && booleanOf(cell) === value;
  if (kind === 'number') return numberMeans(cell, value);
  return typeof value === 'string' && cell !== null && instantMeans(String(cell), value);
}

function textMeans(cell: unknown, value: ExactJson): boolean {
  if (typeof cell !== 'string') return false;
  if (typeof value === 'string') return cell === value;
  if (typeof value === 'object' && numberText(value) === null) return isJsonOf(cell, value);
  if (typeof value === 'boolean' && cell === (value ? '1' : '0')) return true;
  return cell === (numberText(value) ?? JSON.stringify(value));
}

function isJsonOf(cell: string, value: ExactJson): boolean {
  try {
    return sameJson(parseExact(cell), value);
  } catch {
    return false;
  }
}

function booleanOf(cell: unknown): boolean | undefined {
  if (cell === true || cell === 't' || cell === 'true' || Number(cell) === 1) return true;
  return cell === false || cell === 'f' || cell === 'false' || (cell !== null && Number(cell) === 0)
    ? false
    : undefined;
}

/** Compares numbers. Numbers that the upstream sends as text are numbers in a column of numbers. */
function numberMeans(cell: unknown, value: ExactJson): boolean {
  const text = typeof value === 'string' ? value : numberText(value);
  return cell !== null && text !== null && sameNumber(text, String(cell));
}

/** Compares instants. Columns hold UTC, with or without a zone; the upstream's text must have one. */
function instantMeans(cell: string, value: string): boolean {
  if (value.endsWith('Z') && spelling(cell) === spelling(value)) return true;
  const wanted = instantOf(value, null);
  return wanted !== null && wanted === instantOf(cell, 'Z');
}

/** Brings a time to a common spelling. Most times differ only by this, and parsing them costs ten times as much. */
function spelling(text: string): string {
  const plain = (text.endsWith('Z') ? text.slice(0, -1) : text).replace('T', ' ');
  return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain;
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** Returns the seconds since 1970 and their fraction as text; null for a text that is no instant. */
function instantOf(text: string, defaultZone: string | null): string | null {
  const match = TIME.exec(text);
  const zone = match?.[8] ?? defaultZone;
  if (!match || zone === null) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = ''] = match;
  const plain = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const ms = Date.parse(`${plain}Z`);
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== plain) return null;
  return `${ms / 1000 - zoneSeconds(zone)}.${fraction.replace(/0+$/, '')}`;
}

function zoneSeconds(zone: string): number {
  if (zone === 'Z') return 0;
  const seconds = Number(zone.slice(1, 3)) * 3600 + (zone.length > 3 ? Number(zone.slice(-2)) * 60 : 0);
  return zone.startsWith('-') ? -seconds : seconds;
}
