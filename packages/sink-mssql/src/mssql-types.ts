import type { ColumnKind, EngineTypes, FormerType, Storage, TextStorage } from '@dbsync/sql';
import { type RawBuilder, sql } from 'kysely';
import { LACKS_ON_BABELFISH, type ServerKind } from './babelfish.js';
import { cellText } from './cell-text.js';

/**
 * The collation of keys. It tells any two texts apart but those that differ in blanks at the end, and sorts them by
 * their code points.
 */
export const BINARY = 'Latin1_General_100_BIN2';

const TEXT = 'nvarchar(max)';

const NATIVE: Readonly<Record<ColumnKind, string>> = {
  key: `nvarchar(255) COLLATE ${BINARY}`,
  text: TEXT,
  json: TEXT,
  instant: 'datetime2(3)',
  number: 'decimal(38,10)',
  boolean: 'bit',
  integer: 'bigint',
};

/**
 * The types of the old client. Its texts had room for one character here, and its custom fields for no more than a code
 * page.
 */
const FORMER: Readonly<Record<FormerType, string>> = {
  key: `nvarchar(50) COLLATE ${BINARY}`,
  short: 'nvarchar(50)',
  long: TEXT,
  text: TEXT,
  number: 'decimal(10,0)',
  boolean: 'bit',
};

/**
 * Creates the types. Text has the collation of the database, so that reports search and join as they do elsewhere in
 * it; keys have a binary one, so that no two ids are one. Times are UTC, in types without a zone.
 */
export function createMssqlTypes(server: ServerKind): EngineTypes {
  return {
    declare: (kind, mode) => (mode === 'native' || kind === 'key' || kind === 'integer' ? NATIVE[kind] : TEXT),
    declareFormer: (type) => FORMER[type],
    storageOf: (type, kind) => storageOf(type, kind, server),
    wider,
    parameter: cellText,
    readCell,
    now: (storage) => sql.raw(clockText(storage)),
    databaseUser: sql<string>`suser_sname()`,
    clockMs: sql<string>`DATEDIFF_BIG(millisecond, '1970-01-01', SYSUTCDATETIME())`,
    shareLock: { afterTable: sql`WITH (REPEATABLEREAD)`, atEnd: sql`` },
    byteLength: (column) => sql`datalength(${column})`,
    firstRows: (count) => sql`offset 0 rows fetch next ${sql.lit(count)} rows only`,
  };
}

/** Returns the database's clock for a column of that storage: text has whole seconds, as the old client wrote them. */
export function clockText({ holds }: Storage): string {
  if (holds !== 'text') return 'SYSUTCDATETIME()';
  return "STUFF(CONVERT(nvarchar(19), SYSUTCDATETIME(), 121), 11, 1, N'T') + N'Z'";
}

/** Style 126 writes a time by ISO 8601, style 3 all digits of a double, style 2 all digits of `money`. */
function readCell(column: RawBuilder<unknown>, type: string, { holds }: Storage): RawBuilder<unknown> {
  const { base } = partsOf(type);
  const utc = base === 'datetimeoffset' ? sql`switchoffset(${column}, 0)` : column;
  if (holds === 'instant') return sql`convert(nvarchar(64), ${utc}, 126)`;
  if (holds === 'text') return column;
  const style = { float: 3, money: 2 }[base];
  return style === undefined
    ? sql`convert(nvarchar(64), ${column})`
    : sql`convert(nvarchar(64), ${column}, ${sql.lit(style)})`;
}

/** The parts of a type of the catalogue, such as `nvarchar(255) COLLATE Latin1_General_100_BIN2`. */
interface TypeParts {
  readonly base: string;
  /** The length, the precision, or the digits of a second; null for `max` and for types without one. */
  readonly size: number | null;
  readonly scale: number;
  readonly collation: string;
}

/** Returns the parts of a type of the catalogue. A type in another form has an empty `base`. */
export function partsOf(type: string): TypeParts {
  const [, base = '', size, scale = '0', collation = ''] =
    /^([a-z0-9 ]+?)(?:\((\d+|max)(?:,(\d+))?\))?(?: COLLATE (\w+))?$/i.exec(type) ?? [];
  return {
    base: base.toLowerCase(),
    size: size === undefined || size === 'max' ? null : Number(size),
    scale: Number(scale),
    collation: collation.toUpperCase(),
  };
}

function storageOf(type: string, kind: ColumnKind | null, server: ServerKind): Storage {
  const parts = partsOf(type);
  const { base, size, scale } = parts;
  switch (base) {
    case 'nvarchar':
    case 'varchar':
      return textStorage(parts, kind, server);
    case 'datetime2':
    case 'datetimeoffset':
      return { holds: 'instant', minYear: 1, maxYear: 9999, fractionDigits: size ?? 7 };
    // Ticks of a 300th of a second: hundredths are whole ones.
    case 'datetime':
      return { holds: 'instant', minYear: 1753, maxYear: 9999, fractionDigits: 2 };
    case 'decimal':
    case 'numeric':
      return { holds: 'number', integerDigits: (size ?? 18) - scale, fractionDigits: scale };
    case 'smallint':
      return { holds: 'number', integerDigits: 4, fractionDigits: 0 };
    case 'int':
      return { holds: 'number', integerDigits: 9, fractionDigits: 0 };
    case 'bigint':
      return { holds: 'number', integerDigits: 18, fractionDigits: 0 };
    case 'money':
      return { holds: 'number', integerDigits: 14, fractionDigits: 4 };
    // A double gives back 15 digits unchanged, wherever the point is.
    case 'float':
      return { holds: 'number', integerDigits: 9, fractionDigits: 6 };
    case 'bit':
      return { holds: 'boolean' };
    default:
      return { holds: 'unknown' };
  }
}

function textStorage(parts: TypeParts, kind: ColumnKind | null, server: ServerKind): TextStorage {
  const { base, size, collation } = parts;
  const isUnicode = base === 'nvarchar' || collation.endsWith('_UTF8');
  return {
    holds: 'text',
    maxLength: size,
    lengthIn: base === 'nvarchar' ? 'utf16-units' : 'utf8-bytes',
    lacks: kind === 'key' ? lackingInKeys(server) : lackingIn(parts, server),
    replacement: isUnicode ? '\ufffd' : '?',
  };
}

/** Matches characters outside ASCII, which the code page of every collation has. */
const NOT_ASCII = /[^\0-\x7f]/gu;
/** Matches halves of surrogate pairs, which UTF-8 does not have and UTF-16 keeps. */
const SURROGATES = /\p{Surrogate}/gu;

function lackingIn({ base, collation }: TypeParts, { isBabelfish }: ServerKind): RegExp | null {
  if (base === 'varchar' && !collation.endsWith('_UTF8')) return NOT_ASCII;
  if (isBabelfish) return LACKS_ON_BABELFISH;
  return base === 'varchar' ? SURROGATES : null;
}

/**
 * Matches blanks at the end. Comparisons pad the shorter text with blanks, in every collation: an id that ends in a
 * blank would equal the id without it.
 */
const BLANKS_AT_END = / +$/gu;
const BLANKS_AT_END_ON_BABELFISH = new RegExp(`${BLANKS_AT_END.source}|${LACKS_ON_BABELFISH.source}`, 'gu');

function lackingInKeys({ isBabelfish }: ServerKind): RegExp {
  return isBabelfish ? BLANKS_AT_END_ON_BABELFISH : BLANKS_AT_END;
}

/** Types of text, but those that fill up with blanks. */
const TEXT_TYPES: ReadonlySet<string> = new Set(['nvarchar', 'varchar', 'ntext', 'text']);

function wider(type: string, kind: ColumnKind | null): string | null {
  const { base, size, collation } = partsOf(type);
  if (!TEXT_TYPES.has(base)) return null;
  if (kind === 'key') return base === 'nvarchar' && /_BIN2?(_UTF8)?$/.test(collation) ? null : NATIVE.key;
  return base === 'nvarchar' && size === null ? null : TEXT;
}
