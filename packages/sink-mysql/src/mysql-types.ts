import type { Cell, ColumnKind, EngineTypes, Storage, TextStorage } from '@dbsync/sql';
import { sql } from 'kysely';
import type { ServerKind } from './server-facts.js';

/** The one collation of each server that tells every two texts apart: by code points, blanks at the end too. */
export const EXACT_COLLATION: Readonly<Record<ServerKind, string>> = {
  mariadb: 'utf8mb4_nopad_bin',
  mysql: 'utf8mb4_0900_bin',
};

/** Sessions run in UTC, so that TIMESTAMP and DATETIME hold the same instants. */
export function mysqlTypes(server: ServerKind): EngineTypes {
  const exact = EXACT_COLLATION[server];
  const native: Readonly<Record<ColumnKind, string>> = {
    key: `varchar(255) character set utf8mb4 collate ${exact}`,
    text: `longtext character set utf8mb4 collate ${exact}`,
    instant: 'datetime(3)',
    number: 'decimal(65,30)',
    boolean: 'tinyint(1)',
    integer: 'bigint',
  };
  return {
    declare: (kind, mode) => (mode === 'native' || kind === 'key' || kind === 'integer' ? native[kind] : native.text),
    storageOf,
    wider: (type, kind) => {
      const found = columnType(type);
      if (found?.collation === undefined) return null;
      if (kind === 'key') return found.collation === exact ? null : native.key;
      if (!isNarrow(found, storageOf(type))) return null;
      return `${found.base === 'longtext' ? 'longtext' : WIDENED} ${likeCollation(found.collation)}`;
    },
    parameter,
    now: (storage) => sql.raw(clockText(storage)),
    clockMs: sql<number>`timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) div 1000`,
    shareLock: { afterTable: sql``, atEnd: sql`lock in share mode` },
    firstRows: (count) => sql`limit ${sql.lit(count)}`,
  };
}

/** The database's clock as it fits a column of that storage: text has whole seconds, as the old client wrote them. */
export function clockText(storage: Storage): string {
  if (storage.holds !== 'text') return `utc_timestamp(${storage.holds === 'instant' ? storage.fractionDigits : 6})`;
  return "date_format(utc_timestamp(), '%Y-%m-%dT%H:%i:%sZ')";
}

/** A cell as a literal of a query, or a field of LOAD DATA, has it. Numbers go as text: digits in a query can be a double. */
export function parameter(cell: Cell, { holds }: Storage): string | number | null {
  if (cell === null) return null;
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  if (holds === 'instant') return String(cell).replace('T', ' ').replace('Z', '');
  return String(cell);
}

interface ColumnType {
  readonly base: string;
  /** What stands in brackets. */
  readonly sizes: readonly number[];
  readonly charset: string | undefined;
  readonly collation: string | undefined;
}

/** `type` as `describe` spells it, such as `varchar(50) character set utf8mb4 collate utf8mb4_bin`; null: not understood. */
function columnType(type: string): ColumnType | null {
  const match = /^(\w+)(?:\((\d+)(?:,(\d+))?\))?(?: character set (\w+) collate (\w+))?$/.exec(type);
  if (match === null) return null;
  const [, base = '', first, second, charset, collation] = match;
  return { base, sizes: [first, second].filter((size) => size !== undefined).map(Number), charset, collation };
}

/** What is `unsigned` takes no number below zero, and so counts as unknown. */
function storageOf(type: string, kind: ColumnKind | null = null): Storage {
  const found = columnType(type);
  if (found === null) return UNKNOWN;
  const { base, sizes, charset } = found;
  const [size = 0, scale = 0] = sizes;
  if (charset !== undefined) return textStorage(base, size, charset);
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
    // A double gives back 15 digits as they came, wherever the point stands.
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

const TEXT_BYTES: Readonly<Record<string, number | null>> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  longtext: null,
};

/** VARCHAR counts characters; the others count bytes of their character set. CHAR forgets blanks at the end. */
function textStorage(base: string, size: number, charset: string): Storage {
  const { lacks, lengthIn, unitBytes } = UNICODE[charset] ?? OTHER_CHARSET;
  const replacement = charset in UNICODE ? '\ufffd' : '?';
  if (base === 'varchar') return { holds: 'text', maxLength: size, lengthIn: 'characters', lacks, replacement };
  const bytes = TEXT_BYTES[base];
  if (bytes === undefined) return UNKNOWN;
  const maxLength = bytes === null ? null : Math.floor(bytes / unitBytes);
  return { holds: 'text', maxLength, lengthIn, lacks, replacement };
}

interface Charset extends Pick<TextStorage, 'lacks' | 'lengthIn'> {
  /** Bytes of what the length is counted in. */
  readonly unitBytes: number;
}

/** Halves of surrogate pairs are no characters: no character set has them. */
const HALVES = /\p{Surrogate}/gu;
const ABOVE_BASIC_PLANE = /[\p{Surrogate}\u{10000}-\u{10ffff}]/gu;

const UNICODE: Readonly<Record<string, Charset>> = {
  utf8mb4: { lacks: HALVES, lengthIn: 'utf8-bytes', unitBytes: 1 },
  utf8mb3: { lacks: ABOVE_BASIC_PLANE, lengthIn: 'utf8-bytes', unitBytes: 1 },
  utf8: { lacks: ABOVE_BASIC_PLANE, lengthIn: 'utf8-bytes', unitBytes: 1 },
  utf16: { lacks: HALVES, lengthIn: 'utf16-units', unitBytes: 2 },
  utf16le: { lacks: HALVES, lengthIn: 'utf16-units', unitBytes: 2 },
  ucs2: { lacks: ABOVE_BASIC_PLANE, lengthIn: 'utf16-units', unitBytes: 2 },
  utf32: { lacks: HALVES, lengthIn: 'characters', unitBytes: 4 },
};

/** Such as `latin1`: what all of them have in common, one byte each. */
const OTHER_CHARSET: Charset = { lacks: /[^\t\n\r -~]/gu, lengthIn: 'characters', unitBytes: 1 };

/** What a column is widened to: the old client, where it comes back, cuts what goes into a `longtext` to 100 characters. */
const WIDENED = 'mediumtext';

/** Too short, or unable to keep every character. */
function isNarrow({ base }: ColumnType, storage: Storage): boolean {
  if (storage.holds !== 'text') return false;
  return (storage.maxLength !== null && base !== WIDENED) || storage.lacks !== HALVES;
}

/** Collations that UTF-8 has under the same name as other character sets. */
const SHARED_COLLATION = /_(bin|general_ci|unicode_ci|unicode_520_ci|swedish_ci|german2_ci|spanish_ci|turkish_ci)$/;

/** So that reports compare the texts of a wider column as before. */
function likeCollation(collation: string): string {
  const [, shared = 'general_ci'] = SHARED_COLLATION.exec(collation) ?? [];
  return `character set utf8mb4 collate utf8mb4_${shared}`;
}
