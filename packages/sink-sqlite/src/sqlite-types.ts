import type { Cell, ColumnKind, ColumnTypes, EngineTypes, FormerType, Storage } from '@dbsync/sql';
import { sql } from 'kysely';

/** The type of a column that keeps each number as it is written, long digits as text. STRICT tables spell it `ANY`. */
const UNTYPED = '';

/** The type of each kind. Times are ISO text. */
const NATIVE: Readonly<Record<ColumnKind, string>> = {
  key: 'TEXT',
  text: 'TEXT',
  json: 'TEXT',
  instant: 'TEXT',
  number: UNTYPED,
  boolean: 'INTEGER',
  integer: 'INTEGER',
};

const FORMER: Readonly<Record<FormerType, string>> = {
  key: 'TEXT',
  short: 'TEXT',
  long: 'TEXT',
  text: 'TEXT',
  number: UNTYPED,
  boolean: 'INTEGER',
};

const TEXT: Storage = {
  holds: 'text',
  maxLength: null,
  lengthIn: 'characters',
  // UTF-8 has no lone surrogates: the driver would replace them by U+FFFD. Tools end a text at a NUL.
  lacks: /[\0\p{Surrogate}]/gu,
  replacement: '\ufffd',
};
const INSTANT: Storage = { holds: 'instant', minYear: 0, maxYear: 9999, fractionDigits: 3 };
const NUMBER: Storage = { holds: 'number', integerDigits: null, fractionDigits: null };
const INTEGER: Storage = { holds: 'number', integerDigits: 18, fractionDigits: 0 };

/**
 * Creates the types. @param isStrict the file has STRICT tables, which an earlier release made: they take types of
 * their own only
 */
export function createSqliteTypes(mode: ColumnTypes, isStrict: boolean): EngineTypes {
  const spelled = (type: string) => (type === UNTYPED && isStrict ? 'ANY' : type);
  return {
    declare: (kind, columnTypes) => (columnTypes === 'text' && kind !== 'integer' ? 'TEXT' : spelled(NATIVE[kind])),
    declareFormer: (type) => spelled(FORMER[type]),
    storageOf: (type, kind) => {
      const affinity = type.toUpperCase();
      if (affinity === 'ANY' || affinity === UNTYPED) return NUMBER;
      if (affinity === 'INTEGER' || affinity === 'INT') return kind === 'boolean' ? { holds: 'boolean' } : INTEGER;
      if (affinity.endsWith('(COMPUTED)') || !/CHAR|CLOB|TEXT/.test(affinity)) return { holds: 'unknown' };
      // Times are TEXT in both modes; only in native mode do they all have one form.
      return kind === 'instant' && mode === 'native' ? INSTANT : TEXT;
    },
    wider: () => null,
    parameter: parameterOf,
    readCell: (column) => sql`case typeof(${column}) when 'integer' then cast(${column} as text) else ${column} end`,
    now: () => sql`strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`,
    databaseUser: sql<string>`''`,
    clockMs: sql`cast(round(unixepoch('subsec') * 1000) as integer)`,
    shareLock: { afterTable: sql``, atEnd: sql`` },
    firstRows: (count) => sql`limit ${sql.lit(count)}`,
  };
}

/**
 * Returns a cell as a parameter. A number is an INTEGER where it is whole and fits, a REAL where that is the same
 * number, else its digits.
 */
export function parameterOf(cell: Cell, storage: Storage): string | number | bigint | null {
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  if (storage.holds !== 'number' || cell === null) return cell;
  if (typeof cell === 'number') return Number.isSafeInteger(cell) ? BigInt(cell) : cell;
  if (!/^-?\d{1,19}$/.test(cell)) return cell;
  const whole = BigInt(cell);
  return BigInt.asIntN(64, whole) === whole ? whole : cell;
}
