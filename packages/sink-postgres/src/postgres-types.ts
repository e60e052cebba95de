import type { ColumnKind, EngineTypes, FormerType, Storage } from '@dbsync/sql';
import { sql } from 'kysely';

/** Characters that a database in UTF8 does not keep: NUL, and half of a surrogate pair, which is no character. */
const LACKS = /[\0\p{Surrogate}]/gu;

const NATIVE: Readonly<Record<ColumnKind, string>> = {
  key: 'character varying(255) COLLATE "C"',
  text: 'text',
  json: 'text',
  instant: 'timestamp(3) with time zone',
  number: 'numeric',
  boolean: 'boolean',
  integer: 'bigint',
};

const FORMER: Readonly<Record<FormerType, string>> = {
  key: 'character varying(50)',
  short: 'character varying(50)',
  long: 'character varying',
  text: 'text',
  number: 'numeric',
  boolean: 'boolean',
};

/**
 * The types of PostgreSQL. Sessions run in UTC, so that a time without a zone holds the same instant as one with a
 * zone.
 */
export const postgresTypes: EngineTypes = {
  declare: (kind, mode) => (mode === 'native' || kind === 'key' || kind === 'integer' ? NATIVE[kind] : NATIVE.text),
  declareFormer: (type) => FORMER[type],
  storageOf,
  wider: (type, kind) => (kind !== 'key' && isNarrow(storageOf(type)) ? NATIVE.text : null),
  parameter: (cell) => cell,
  readCell: (column, _type, { holds }) => {
    if (holds === 'instant') return sql`to_json(${column}) #>> '{}'`;
    return holds === 'text' ? column : sql`${column}::text`;
  },
  now: (storage) => sql.raw(clockText(storage)),
  databaseUser: sql<string>`session_user::text`,
  clockMs: sql<string>`floor(extract(epoch from clock_timestamp()) * 1000)::bigint`,
  shareLock: { afterTable: sql``, atEnd: sql`for share` },
  firstRows: (count) => sql`limit ${sql.lit(count)}`,
  // An entry of a B-tree has 2,704 bytes, and a character up to four; some indexes have two texts.
  indexedCharacters: 255,
};

/** Returns the database's clock for a column of that storage: text has whole seconds, as the old client wrote them. */
export function clockText({ holds }: Storage): string {
  return holds === 'text' ? `to_char(clock_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')` : 'clock_timestamp()';
}

/** Reads a type as `format_type` spells it, such as `character varying(50)`, with its own collation after it. */
function storageOf(type: string): Storage {
  const [, base = '', first, second, rest = ''] =
    /^([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?( with(?:out)? time zone)?(?: COLLATE .+)?$/.exec(type) ?? [];
  switch (base + rest) {
    case 'text':
    case 'character varying':
      return text(first === undefined ? null : Number(first));
    case 'timestamp with time zone':
    case 'timestamp without time zone':
      return { holds: 'instant', minYear: 1, maxYear: 9999, fractionDigits: Number(first ?? 6) };
    case 'numeric':
      return numeric(first, second);
    case 'smallint':
      return { holds: 'number', integerDigits: 4, fractionDigits: 0 };
    case 'integer':
      return { holds: 'number', integerDigits: 9, fractionDigits: 0 };
    case 'bigint':
      return { holds: 'number', integerDigits: 18, fractionDigits: 0 };
    // A double gives back 15 digits unchanged, wherever the point is.
    case 'double precision':
      return { holds: 'number', integerDigits: 9, fractionDigits: 6 };
    case 'boolean':
      return { holds: 'boolean' };
    default:
      return { holds: 'unknown' };
  }
}

function isNarrow(storage: Storage): boolean {
  return storage.holds === 'text' && storage.maxLength !== null;
}

function text(maxLength: number | null): Storage {
  return { holds: 'text', maxLength, lengthIn: 'characters', lacks: LACKS, replacement: '\ufffd' };
}

/** Returns the storage of a numeric column. Without a precision, the limits are those of the type itself. */
function numeric(precision: string | undefined, scale = '0'): Storage {
  if (precision === undefined) return { holds: 'number', integerDigits: 131_072, fractionDigits: 16_383 };
  const fractionDigits = Number(scale);
  return { holds: 'number', integerDigits: Number(precision) - fractionDigits, fractionDigits };
}
