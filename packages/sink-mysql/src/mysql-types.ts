import type { Cell, ColumnKind, EngineTypes, FormerType, Storage, TextStorage } from '@dbsync/sql';
import { sql } from 'kysely';
import { HALVES } from './charsets.js';
import { type ColumnType, columnType, storageOf } from './column-storage.js';
import type { ServerKind } from './server-facts.js';
import {
  EXACT_COLLATION,
  FORMER_CHARSET,
  keyCollation,
  likeCollation,
  type TableCharset,
  tableCharset,
  tableOptionsFor,
} from './table-charset.js';

/** Creates the types. Sessions run in UTC, so that TIMESTAMP and DATETIME hold the same instants. */
export function mysqlTypes(server: ServerKind): EngineTypes {
  const own = { charset: 'utf8mb4', collation: EXACT_COLLATION[server] };
  return {
    ...spelling(server, own),
    declareFormer: spelling(server, FORMER_CHARSET).declareFormer,
    beside: (texts) => spelling(server, tableCharset(texts) ?? own),
    storageOf,
    parameter,
    readCell: (column, _type, { holds }) => {
      if (holds === 'instant') return sql`date_format(${column}, '%Y-%m-%dT%H:%i:%s.%f')`;
      return holds === 'text' ? column : sql`cast(${column} as char)`;
    },
    now: (storage) => sql.raw(clockText(storage)),
    databaseUser: sql<string>`current_user()`,
    clockMs: sql<number>`timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) div 1000`,
    shareLock: { afterTable: sql``, atEnd: sql`lock in share mode` },
    firstRows: (count) => sql`limit ${sql.lit(count)}`,
  };
}

/** Returns the spelling of types for tables whose texts have this character set. */
function spelling(server: ServerKind, { charset, collation }: TableCharset): TypeSpelling {
  const inCharset = (type: string, as: string) => `${type} character set ${charset} collate ${as}`;
  const exact = keyCollation(server, charset);
  const native: Readonly<Record<ColumnKind, string>> = {
    key: inCharset('varchar(255)', exact),
    text: inCharset(collation === exact ? 'longtext' : WIDENED, collation),
    json: inCharset('longtext', collation),
    instant: 'datetime(3)',
    number: 'decimal(38,10)',
    boolean: 'tinyint(1)',
    integer: 'bigint',
  };
  const former: Readonly<Record<FormerType, string>> = {
    key: inCharset('varchar(50)', exact),
    short: inCharset('varchar(50)', collation),
    long: inCharset('varchar(100)', collation),
    text: inCharset('text', collation),
    number: 'decimal(10,0)',
    boolean: 'tinyint(1)',
  };
  const isOther = (found: ColumnType) => found.charset !== charset;
  const like = (found: ColumnType) =>
    isOther(found) ? likeCollation(found.collation ?? '', charset) : found.collation;
  return {
    declare: (kind, mode) => (mode === 'native' || !TYPED.has(kind) ? native[kind] : native.text),
    declareFormer: (type) => former[type],
    tableOptions: sql.raw(tableOptionsFor({ charset, collation })),
    wider: (type, kind) => {
      const found = columnType(type);
      if (found?.collation === undefined) return null;
      if (kind === 'key') return found.collation === exact ? null : native.key;
      const storage = storageOf(type);
      if (storage.holds !== 'text' || (!isNarrow(found, storage) && !isOther(found))) return null;
      return inCharset(found.base === 'longtext' ? 'longtext' : WIDENED, like(found) ?? collation);
    },
    alike: (type) => {
      const found = columnType(type);
      if (found?.collation === undefined || !isOther(found) || !fitsIndex(found)) return null;
      const size = found.sizes.length === 0 ? '' : `(${found.sizes.join(',')})`;
      return inCharset(`${found.base}${size}`, like(found) ?? collation);
    },
  };
}

type TypeSpelling = Pick<EngineTypes, 'declare' | 'declareFormer' | 'wider' | 'tableOptions'> &
  Required<Pick<EngineTypes, 'alike'>>;

/** The kinds that have types of their own in native mode, and are texts where all is stored as the API wrote it. */
const TYPED: ReadonlySet<ColumnKind> = new Set(['instant', 'number', 'boolean']);

/** Returns the database's clock for a column of that storage: text has whole seconds, as the old client wrote them. */
export function clockText(storage: Storage): string {
  if (storage.holds !== 'text') return `utc_timestamp(${storage.holds === 'instant' ? storage.fractionDigits : 6})`;
  return "date_format(utc_timestamp(), '%Y-%m-%dT%H:%i:%sZ')";
}

/**
 * Returns a cell for a literal of a query, or for a field of LOAD DATA. Numbers go as text: digits in a query can be a
 * double.
 */
export function parameter(cell: Cell, { holds }: Storage): string | number | null {
  if (cell === null) return null;
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  if (holds === 'instant') return String(cell).replace('T', ' ').replace('Z', '');
  return String(cell);
}

/**
 * The type to which columns are widened. The old client, if it is used again, cuts values for a `longtext` to 100
 * characters.
 */
const WIDENED = 'mediumtext';

/** True for a column that is too short, or that cannot keep every character. */
function isNarrow({ base }: ColumnType, storage: TextStorage): boolean {
  return (storage.maxLength !== null && base !== WIDENED) || storage.lacks !== HALVES;
}

/** The characters of a text for which an index of several columns has room in any character set. */
const INDEXED_LENGTH = 191;

/** True where an indexed column can change its character set. */
function fitsIndex({ base, sizes: [size = 0] }: ColumnType): boolean {
  return /text$/.test(base) || (base === 'varchar' && size <= INDEXED_LENGTH);
}
