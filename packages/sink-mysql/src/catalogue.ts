import type { ColumnDescription, ForeignKey, TableDescription } from '@dbsync/sql';
import type { ServerConnection } from './mysql-connection.js';
import type { ServerKind } from './server-facts.js';
import { literal } from './statement-text.js';

export const TABLES_QUERY = `SELECT table_name AS name FROM information_schema.tables
WHERE table_schema = database() AND table_type = 'BASE TABLE'`;

/** Lists the triggers on these tables; those that the account may not see are missing. */
export function triggersQuery(tables: readonly string[]): string {
  return `SELECT concat(trigger_name, ' on ', event_object_table) AS name FROM information_schema.triggers
WHERE event_object_schema = database() AND event_object_table IN (${tables.map(literal).join(', ')}) ORDER BY name`;
}

/** The storage engine's own estimate. */
export function estimateQuery(table: string): string {
  return `SELECT table_rows AS estimate FROM information_schema.tables
WHERE table_schema = database() AND table_name = ${literal(table)}`;
}

interface IndexPart {
  readonly index_name: string;
  readonly non_unique: number | string;
  readonly column_name: string | null;
  /** The number of characters of the column in the index; null: all of it. */
  readonly sub_part: number | null;
}

interface KeyPart {
  readonly name: string;
  readonly column: string;
  readonly parent_schema: string;
  readonly parent: string;
  /** True (1) where the parent is in the database of the connection. */
  readonly is_ours: number | string;
}

/** Describes a table by the server's catalogue; null: there is no such table. */
export async function describeTable(connection: ServerConnection, table: string): Promise<TableDescription | null> {
  const [columns, parts, keyParts] = (await connection.request(descriptionQuery(table, connection.server.kind))) as [
    readonly ColumnDescription[],
    readonly IndexPart[],
    readonly KeyPart[],
  ];
  if (columns.length === 0) return null;
  const indexes = Object.entries(Object.groupBy(parts, (part) => part.index_name)).map(([name, index = []]) => ({
    name,
    columns: index.map((part) => part.column_name ?? ''),
    isUnique: index.every((part) => Number(part.non_unique) === 0 && part.sub_part === null),
  }));
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    indexes: indexes.map((index) => index.columns),
    indexNames: indexes.map((index) => index.name),
    uniqueKeys: indexes.filter((index) => index.isUnique).map((index) => index.columns),
    foreignKeys: await foreignKeys(connection, keyParts),
  };
}

/**
 * Reads the foreign keys of one column each. A statement of its own, which names the table, tells whether the parent is
 * part of a copy: a subquery that does not name it makes the server open each table of each database.
 */
async function foreignKeys(connection: ServerConnection, parts: readonly KeyPart[]): Promise<readonly ForeignKey[]> {
  const keys = Object.values(Object.groupBy(parts, (part) => part.name)).flatMap((key = []) =>
    key.length === 1 ? key : [],
  );
  if (keys.length === 0) return [];
  const copies = await connection.query<{ readonly at: number | string }>(keys.map(isCopyQuery).join(' UNION ALL '));
  const isCopy = new Set(copies.map(({ at }) => Number(at)));
  return keys.map(({ column, name, parent_schema, parent, is_ours }, at) => ({
    column,
    name,
    table: Number(is_ours) === 1 ? parent : `${parent_schema}.${parent}`,
    isCopy: isCopy.has(at),
  }));
}

function isCopyQuery({ parent_schema, parent }: KeyPart, at: number): string {
  return `SELECT ${at} AS \`at\` FROM information_schema.columns WHERE table_schema = ${literal(parent_schema)}
AND table_name = ${literal(parent)} AND column_name = '$changed'`;
}

/**
 * Describes columns. Columns that dbsync must not write get a type that it does not know: those that the server
 * computes or counts, and those that MariaDB confuses. In a table of 32 columns and more, MariaDB writes the value of
 * one column into another where both names have as many bytes and are equal by the collation of its catalogue, such as
 * `ё` and `е`.
 */
function descriptionQuery(table: string, kind: ServerKind): string {
  const sameNames = 'count(*) OVER (PARTITION BY column_name COLLATE utf8mb3_general_ci, length(column_name))';
  const ofTable = `table_schema = database() AND table_name = ${literal(table)}`;
  return `
SELECT column_name AS name, concat(column_type,
  if(character_set_name IS NULL, '', concat(' character set ', character_set_name, ' collate ', collation_name)),
  if(extra LIKE '% GENERATED%', ' (computed)', if(extra LIKE '%auto_increment%', ' (counted)', '')),
  if(${kind === 'mariadb' ? sameNames : 1} > 1, ' (confused)', '')) AS type
FROM information_schema.columns WHERE ${ofTable} ORDER BY ordinal_position;
SELECT index_name AS index_name, non_unique AS non_unique, column_name AS column_name, sub_part AS sub_part
FROM information_schema.statistics WHERE ${ofTable} ORDER BY index_name, seq_in_index;
SELECT constraint_name AS name, column_name AS \`column\`, referenced_table_schema AS parent_schema,
  referenced_table_name AS parent, referenced_table_schema = database() AS is_ours
FROM information_schema.key_column_usage WHERE ${ofTable} AND referenced_table_name IS NOT NULL`;
}
