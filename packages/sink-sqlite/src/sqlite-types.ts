import type { Cell, ColumnKind, ColumnTypes, EngineTypes, FormerType, Storage } from '@dbsync/sql';
import { sql } from 'kysely';

/** Types of STRICT tables: times are ISO text, numbers whatever holds them exactly, digits as text included. */
const NATIVE: Readonly<Record<ColumnKind, string>> = {
  key: 'TEXT',
  text: 'TEXT',
  json: 'TEXT',
  instant: 'TEXT',
  number: 'ANY',
  boolean: 'INTEGER',
  integer: 'INTEGER',
};

const FORMER: Readonly<Record<FormerType, string>> = {
  key: 'TEXT',
  short: 'TEXT',
  long: 'TEXT',
  text: 'TEXT',
  number: 'ANY',
  boolean: 'INTEGER',
};

const TEXT: Storage = {
  holds: 'text',
  maxLength: null,
  lengthIn: 'characters',
  // UTF-8 has no lone surrogates: the driver would put U+FFFD in their place.
  lacks: /\p{Surrogate}/gu,
  replacement: '\ufffd',
};
const INSTANT: Storage = { holds: 'instant', minYear: 0, maxYear: 9999, fractionDigits: 3 };
const NUMBER: Storage = { holds: 'number', integerDigits: null, fractionDigits: null };
const INTEGER: Storage = { holds: 'number', integerDigits: 18, fractionDigits: 0 };

export function createSqliteTypes(mode: ColumnTypes): EngineTypes {
  return {
    declare: (kind, columnTypes) => (columnTypes === 'text' && kind !== 'integer' ? 'TEXT' : NATIVE[kind]),
    declareFormer: (type) => FORMER[type],
    storageOf: (type, kind) => {
      const affinity = type.toUpperCase();
      if (affinity === 'ANY') return NUMBER;
      if (affinity === 'INTEGER' || affinity === 'INT') return kind === 'boolean' ? { holds: 'boolean' } : INTEGER;
      if (affinity.endsWith('(COMPUTED)') || !/CHAR|CLOB|TEXT/.test(affinity)) return { holds: 'unknown' };
      // Times are TEXT in both modes: only in the native one they are all of one form.
      return kind === 'instant' && mode === 'native' ? INSTANT : TEXT;
    },
    wider: () => null,
    parameter: parameterOf,
    now: () => sql`strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`,
    clockMs: sql`cast(round(unixepoch('subsec') * 1000) as integer)`,
    shareLock: { afterTable: sql``, atEnd: sql`` },
    firstRows: (count) => sql`limit ${sql.lit(count)}`,
  };
}

/** A number is an INTEGER where it is whole and fits, a REAL where that is the same number, else its digits. */
export function parameterOf(cell: Cell, storage: Storage): string | number | bigint | null {
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  if (storage.holds !== 'number' || cell === null) return cell;
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? BigInt(cell) : cell;
  if (!/^-?\d{1,19}$/.test(cell)) return cell;
  const whole = BigInt(cell);
  return BigInt.asIntN(64, whole) === whole ? whole : cell;
}
