import { hash } from 'node:crypto';

/** Bytes of UTF-8 that every engine takes, with room for what tells two names apart. */
const MAX_BYTES = 54;

/** Names of columns that some engine keeps for itself. */
const RESERVED = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid', 'oid', 'rowid', '_rowid_']);

/**
 * The column for a field: its own name where every engine takes it and nothing else has it, else a readable stem and
 * eight hex digits of the name's hash. The answer depends on who came first, so it is kept (`sync_columns`).
 * @param taken the {@link foldedName}s of all columns of the table
 */
export function columnNameFor(field: string, taken: ReadonlySet<string>): string {
  if (isPlain(field) && !taken.has(foldedName(field))) return field;
  for (let attempt = 0; ; attempt += 1) {
    const name = derivedName(field, attempt);
    if (!taken.has(foldedName(name))) return name;
  }
}

/** The name of a column that cannot have the field's own. The hash in it makes it the field's for certain. */
export function derivedName(field: string, attempt = 0): string {
  const digest = hash('sha256', utf16(attempt === 0 ? field : `${field}\0${attempt}`), 'hex').slice(0, 8);
  return `${stemOf(field)}_${digest}`;
}

/**
 * Equal for two names that any engine takes for one: compatibility forms, case, width, kana and marks do not count. MariaDB
 * makes `ё` and `е` two columns, and in a table of 32 or more writes the value of the one into the other. `ß` is one s to
 * it, two to others, so a run of s counts as one.
 */
export function foldedName(name: string): string {
  const folded = withoutMarks(withoutMarks(name).toUpperCase().toLowerCase()).trimEnd();
  return folded
    .replace(/s+/g, 's')
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}

function withoutMarks(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFKC');
}

/** Identifies a field's name, whatever its length and characters. */
export function fieldKey(field: string): string {
  return hash('sha256', utf16(field), 'hex');
}

/** Neither a code point that some engine refuses in a name or cannot tell from another, nor too long. */
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

/** All code units, so that names that differ in a lone surrogate only have different hashes. */
function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}
