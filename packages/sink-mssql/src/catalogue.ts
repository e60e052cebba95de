import type { ForeignKey } from '@dbsync/sql';
import { columnName, type ServerKind } from './babelfish.js';
import type { MssqlConnection, RequestOptions, Row } from './mssql-connection.js';
import { literal } from './statement-text.js';

/** A table as the system catalogue describes it. */
export interface CatalogueTable {
  readonly columns: readonly CatalogueColumn[];
  /** The indexes of the table, with or without a filter; those of the primary key and of unique constraints among them. */
  readonly indexes: readonly CatalogueIndex[];
  /** The foreign keys of the table that have one column. */
  readonly foreignKeys: readonly ForeignKey[];
}

export interface CatalogueColumn {
  readonly name: string;
  /**
   * The type, such as `nvarchar(50) COLLATE Latin1_General_CI_AS`; `generated …` where the column cannot be written.
   */
  readonly type: string;
  readonly nullable: boolean;
  readonly default: { readonly name: string; readonly definition: string } | null;
}

export interface CatalogueIndex {
  readonly name: string;
  readonly unique: boolean;
  readonly constraint: 'PRIMARY KEY' | 'UNIQUE' | null;
  readonly clustered: boolean;
  /** The condition in parentheses; null: the index has all rows. */
  readonly filter: string | null;
  readonly columns: readonly { readonly name: string; readonly descending: boolean }[];
  readonly included: readonly string[];
}

/** Reads all about a table of the user's default schema in one request; null where there is none. */
export async function readCatalogue(
  connection: MssqlConnection,
  table: string,
  server: ServerKind,
  options: RequestOptions,
): Promise<CatalogueTable | null> {
  const query = catalogueQuery(table, columnName(table, server));
  const [columns = [], indexColumns = [], keyColumns = []] = await connection.batch(query, options);
  if (columns.length === 0) return null;
  const names = new Map(columns.map((row) => [row.column_id, String(row.name)]));
  const named = (row: Row) => names.get(row.column_id) ?? '';
  return {
    columns: columns.map(columnOf),
    indexes: groupsOf(indexColumns, 'index_id').map((rows) => indexOf(rows, named)),
    foreignKeys: groupsOf(keyColumns, 'key_id').flatMap((rows) => foreignKeyOf(rows, named)),
  };
}

function catalogueQuery(table: string, name: string): string {
  return `DECLARE @table int = (SELECT object_id FROM sys.tables WHERE name = ${literal(table)} AND schema_id = SCHEMA_ID());
SELECT c.column_id, ${name} AS name, t.name AS type, c.max_length, c.precision, c.scale, c.collation_name,
  c.is_nullable, c.is_computed, c.is_identity, d.name AS default_name, d.definition AS default_definition
FROM sys.columns AS c
LEFT JOIN sys.types AS t ON t.user_type_id = c.system_type_id
LEFT JOIN sys.default_constraints AS d ON d.object_id = c.default_object_id
WHERE c.object_id = @table ORDER BY c.column_id;
SELECT i.index_id, i.name AS index_name, i.type AS index_type, i.is_unique, i.is_primary_key, i.is_unique_constraint,
  i.filter_definition, p.column_id, p.is_descending_key, p.is_included_column
FROM sys.indexes AS i
JOIN sys.index_columns AS p ON p.object_id = i.object_id AND p.index_id = i.index_id
WHERE i.object_id = @table AND i.type IN (1, 2) AND i.is_disabled = 0 AND i.is_hypothetical = 0
ORDER BY i.index_id, p.is_included_column, p.key_ordinal;
SELECT k.object_id AS key_id, p.parent_column_id AS column_id, k.name AS key_name, r.name AS ref_table,
  CASE WHEN r.schema_id = SCHEMA_ID() THEN NULL ELSE SCHEMA_NAME(r.schema_id) END AS ref_schema,
  (SELECT COUNT(*) FROM sys.columns AS x WHERE x.object_id = r.object_id AND x.name = '$changed') AS ref_changed
FROM sys.foreign_keys AS k
JOIN sys.foreign_key_columns AS p ON p.constraint_object_id = k.object_id
JOIN sys.tables AS r ON r.object_id = k.referenced_object_id
WHERE k.parent_object_id = @table AND k.is_disabled = 0
ORDER BY k.object_id, p.constraint_column_id;`;
}

function columnOf(row: Row): CatalogueColumn {
  const isWritten = row.is_computed || row.is_identity;
  return {
    name: String(row.name),
    type: isWritten ? `generated ${typeOf(row)}` : typeOf(row),
    nullable: row.is_nullable === true,
    default:
      row.default_name === null ? null : { name: String(row.default_name), definition: String(row.default_definition) },
  };
}

/** Returns the type as it would be declared, so that two types can be compared. */
function typeOf(row: Row): string {
  const base = String(row.type).toLowerCase();
  const length = row.max_length === -1 ? 'max' : String(Number(row.max_length) / (base.startsWith('n') ? 2 : 1));
  const collation = row.collation_name === null ? '' : ` COLLATE ${row.collation_name}`;
  switch (base) {
    case 'char':
    case 'nchar':
    case 'varchar':
    case 'nvarchar':
      return `${base}(${length})${collation}`;
    case 'binary':
    case 'varbinary':
      return `${base}(${length})`;
    case 'decimal':
    case 'numeric':
      return `${base}(${row.precision},${row.scale})`;
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return `${base}(${row.scale})`;
    default:
      return base;
  }
}

function indexOf(rows: readonly Row[], named: (row: Row) => string): CatalogueIndex {
  const [first] = rows;
  const keys = rows.filter((row) => row.is_included_column !== true);
  return {
    name: String(first?.index_name),
    unique: first?.is_unique === true,
    constraint: first?.is_primary_key === true ? 'PRIMARY KEY' : first?.is_unique_constraint === true ? 'UNIQUE' : null,
    clustered: first?.index_type === 1,
    filter: typeof first?.filter_definition === 'string' ? first.filter_definition : null,
    columns: keys.map((row) => ({ name: named(row), descending: row.is_descending_key === true })),
    included: rows.filter((row) => row.is_included_column === true).map(named),
  };
}

function foreignKeyOf(rows: readonly Row[], named: (row: Row) => string): ForeignKey[] {
  const [row] = rows;
  if (row === undefined || rows.length > 1) return [];
  const { key_name, ref_schema, ref_table, ref_changed } = row;
  const table = ref_schema === null ? String(ref_table) : `${ref_schema}.${ref_table}`;
  return [{ column: named(row), name: String(key_name), table, isCopy: Number(ref_changed) > 0 }];
}

/** Groups rows by a number; each group keeps the order of its rows. */
function groupsOf(rows: readonly Row[], number: string): readonly (readonly Row[])[] {
  return [...Map.groupBy(rows, (row) => row[number]).values()];
}
