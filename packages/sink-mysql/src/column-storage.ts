import type { ColumnKind, Storage } from '@dbsync/sql';
import { HALVES, OTHER_CHARSET, UNICODE } from './charsets.js';

/** The parts of a type of `information_schema`. */
export interface ColumnType {
  readonly base: string;
  /** The numbers in brackets. */
  readonly sizes: readonly number[];
  readonly charset: string | undefined;
  readonly collation: string | undefined;
}

/**
 * Parses a type as `describe` spells it, such as `varchar(50) character set utf8mb4 collate utf8mb4_bin`; null: not
 * understood.
 */
export function columnType(type: string): ColumnType | null {
  const match = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?(?: character set (\w+) collate (\w+))?$/.exec(type);
  if (match === null) return null;
  const [, base = '', first, second, charset, collation] = match;
  return { base, sizes: [first, second].filter((size) => size !== undefined).map(Number), charset, collation };
}

/** Returns the storage of a type. An `unsigned` column takes no number below zero, so its type counts as unknown. */
export function storageOf(type: string, kind: ColumnKind | null = null): Storage {
  const found = columnType(type);
  if (found === null) return UNKNOWN;
  const { base, sizes, charset } = found;
  const [size = 0, scale = 0] = sizes;
  if (charset !== undefined) return kind === 'key' ? keyStorage(found) : textStorage(base, size, charset);
  switch (base) {
    case 'datetime':
      return { holds: 'instant', minYear: 1, maxYear: 9999, fractionDigits: size };
    case 'timestamp':
      return { holds: 'instant', minYear: 1971, maxYear: 2037, fractionDigits: size };
    case 'decimal':
      return { holds: 'number', integerDigits: size - scale, fractionDigits: scale };
    case 'tinyint':
      return size === 1 || kind === 'boolean' ? { holds: 'boolean' } : integer(2);
    case 'smallint':
      return integer(4);
    case 'mediumint':
      return integer(6);
    case 'int':
      return integer(9);
    case 'bigint':
      return integer(18);
    // A double gives back 15 digits unchanged, wherever the point is.
    case 'double':
      return { holds: 'number', integerDigits: 9, fractionDigits: 6 };
    default:
      return UNKNOWN;
  }
}

const UNKNOWN: Storage = { holds: 'unknown' };

function integer(integerDigits: number): Storage {
  return { holds: 'number', integerDigits, fractionDigits: 0 };
}

const HALVES_AND_BLANKS_AT_END = /\p{Surrogate}| +$/gu;

const TEXT_BYTES: Readonly<Record<string, number | null>> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  longtext: null,
};

/**
 * Returns the storage of a key. Most collations take two texts that differ in blanks at the end for one, and keys must
 * not.
 */
function keyStorage({ base, sizes: [size = 0], charset = '', collation = '' }: ColumnType): Storage {
  const storage = textStorage(base, size, charset);
  if (storage.holds !== 'text' || storage.lacks !== HALVES || /_(?:nopad|0900)_/.test(collation)) return storage;
  return { ...storage, lacks: HALVES_AND_BLANKS_AT_END };
}

/**
 * Returns the storage of a text. VARCHAR counts characters; the others count bytes of their character set. CHAR drops
 * blanks at the end.
 */
function textStorage(base: string, size: number, charset: string): Storage {
  const { lacks, lengthIn, unitBytes } = UNICODE[charset] ?? OTHER_CHARSET;
  const replacement = charset in UNICODE ? '\ufffd' : '?';
  if (base === 'varchar') return { holds: 'text', maxLength: size, lengthIn: 'characters', lacks, replacement };
  const bytes = TEXT_BYTES[base];
  if (bytes === undefined) return UNKNOWN;
  const maxLength = bytes === null ? null : Math.floor(bytes / unitBytes);
  return { holds: 'text', maxLength, lengthIn, lacks, replacement };
}
