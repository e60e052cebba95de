import { hash } from 'node:crypto';

/**
 * The bytes of UTF-8 that every engine accepts in a name, minus the bytes of a suffix that makes two names different.
 */
const MAX_BYTES = 54;

/** Column names that an engine keeps for itself. */
const RESERVED = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid', 'oid', 'rowid', '_rowid_']);

/**
 * Returns the column for a field: its own name where every engine takes it and no other column has it, else a readable
 * stem and eight hex digits of the name's hash. The result depends on which field came first, so it is stored
 * (`sync_columns`).
 * @param taken the {@link foldedName}s of all columns of the table
 */
export function columnNameFor(field: string, taken: ReadonlySet<string>): string {
  if (isPlain(field) && !taken.has(foldedName(field))) return field;
  for (let attempt = 0; ; attempt += 1) {
    const name = derivedName(field, attempt);
    if (!taken.has(foldedName(name))) return name;
  }
}

/** Returns the name of a column that cannot have the field's own name. The hash in it ties it to the field. */
export function derivedName(field: string, attempt = 0): string {
  const digest = hash('sha256', utf16(attempt === 0 ? field : `${field}\0${attempt}`), 'hex').slice(0, 8);
  return `${stemOf(field)}_${digest}`;
}

/** Returns the reason why a field's column has another name than the field, for operators. */
export function nameReason(field: string): string {
  if (Buffer.byteLength(field) > MAX_BYTES) return `its name is longer than ${MAX_BYTES} bytes`;
  if (RESERVED.has(foldedName(field))) return 'databases keep this name for themselves';
  if (!isPlain(field)) return 'its name has characters that not every database takes';
  return 'another column has this name, as the strictest database compares names';
}

/**
 * Folds a name so that two names that any engine takes for one are equal: compatibility forms, case, width, kana and
 * marks do not count. MariaDB makes `ё` and `е` two columns, and in a table of 32 or more writes the value of the one
 * into the other. `ß` is one s to MariaDB and two to others, so a run of s counts as one.
 */
export function foldedName(name: string): string {
  // Most names are ASCII: in them only case counts, and each check of the tables folds hundreds.
  if (IS_ASCII.test(name)) return name.toLowerCase().trimEnd().replace(/s+/g, 's');
  const folded = withoutMarks(withoutMarks(name).toUpperCase().toLowerCase()).trimEnd();
  return folded
    .replace(/s+/g, 's')
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}

const IS_ASCII = /^[\0-\x7f]*$/;

function withoutMarks(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFKC');
}

/** Identifies a field's name, whatever its length and characters. */
export function fieldKey(field: string): string {
  return hash('sha256', utf16(field), 'hex');
}

/** True for a name that is short enough and has only code points that every engine takes and tells apart. */
function isPlain(name: string): boolean {
  return (
    /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+(?: +[\p{L}\p{M}\p{N}\p{P}\p{S}]+)*$/u.test(name) &&
    !/[\u{10000}-\u{10ffff}]/u.test(name) &&
    !RESERVED.has(foldedName(name)) &&
    Buffer.byteLength(name) <= MAX_BYTES
  );
}

function stemOf(field: string): string {
  const readable = field
    .slice(0, MAX_BYTES * 4)
    .normalize('NFKC')
    .replace(/[^\p{L}\p{M}\p{N}$]|[^\0-\uffff]/gu, '_');
  let stem = '';
  for (const character of readable) {
    if (Buffer.byteLength(stem + character) > MAX_BYTES) break;
    stem += character;
  }
  return /[^_]/.test(stem) ? stem : 'field';
}

/** Encodes all code units, so that names that differ in a lone surrogate only have different hashes. */
function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}
