import type { ColumnDescription, ForeignKey, TableDescription } from '@dbsync/sql';
import type { ServerConnection } from './server-connection.js';
import type { ServerKind } from './server-facts.js';
import { literal } from './statement-text.js';

export const TABLES_QUERY = `SELECT table_name AS name FROM information_schema.tables
WHERE table_schema = database() AND table_type = 'BASE TABLE'`;

/** The triggers on these tables; those that the account may not see are missing. */
export function triggersQuery(tables: readonly string[]): string {
  return `SELECT concat(trigger_name, ' on ', event_object_table) AS name FROM information_schema.triggers
WHERE event_object_schema = database() AND event_object_table IN (${tables.map(literal).join(', ')}) ORDER BY name`;
}

interface IndexPart {
  readonly index_name: string;
  readonly non_unique: number | string;
  readonly column_name: string | null;
  /** So many characters of the column only; null: all of it. */
  readonly sub_part: number | null;
}

/** As the server's catalogue has it; null: there is no such table. */
export async function describeTable(connection: ServerConnection, table: string): Promise<TableDescription | null> {
  const [columns, parts, keys] = (await connection.request(descriptionQuery(table, connection.server.kind))) as [
    readonly ColumnDescription[],
    readonly IndexPart[],
    readonly (Omit<ForeignKey, 'isCopy'> & { readonly is_copy: number | string })[],
  ];
  if (columns.length === 0) return null;
  const indexes = Object.values(Object.groupBy(parts, (part) => part.index_name)).map((index = []) => ({
    columns: index.map((part) => part.column_name ?? ''),
    isUnique: index.every((part) => Number(part.non_unique) === 0 && part.sub_part === null),
  }));
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    indexes: indexes.map((index) => index.columns),
    uniqueKeys: indexes.filter((index) => index.isUnique).map((index) => index.columns),
    foreignKeys: keys.map(({ column, name, table: parent, is_copy }) => ({
      column,
      name,
      table: parent,
      isCopy: Number(is_copy) === 1,
    })),
  };
}

/**
 * Columns that dbsync must not write get a type that it does not know: those that the server computes or counts, and those that MariaDB takes for
 * one another in a table of 32 columns and more, where it writes the value of the one into the other: names of as many bytes
 * that are equal by the collation of its catalogue, such as `ё` and `е`.
 */
function descriptionQuery(table: string, kind: ServerKind): string {
  const twins = 'count(*) OVER (PARTITION BY column_name COLLATE utf8mb3_general_ci, length(column_name))';
  const place = `table_schema = database() AND table_name = ${literal(table)}`;
  return `
SELECT column_name AS name, concat(column_type,
  if(character_set_name IS NULL, '', concat(' character set ', character_set_name, ' collate ', collation_name)),
  if(extra LIKE '% GENERATED%', ' (computed)', if(extra LIKE '%auto_increment%', ' (counted)', '')),
  if(${kind === 'mariadb' ? twins : 1} > 1, ' (confused)', '')) AS type
FROM information_schema.columns WHERE ${place} ORDER BY ordinal_position;
SELECT index_name AS index_name, non_unique AS non_unique, column_name AS column_name, sub_part AS sub_part
FROM information_schema.statistics WHERE ${place} ORDER BY index_name, seq_in_index;
SELECT own.column_name AS \`column\`, own.constraint_name AS name,
  concat(if(own.referenced_table_schema = database(), '', concat(own.referenced_table_schema, '.')), own.referenced_table_name) AS \`table\`,
  EXISTS (SELECT 1 FROM information_schema.columns AS theirs WHERE theirs.table_schema = own.referenced_table_schema
    AND theirs.table_name = own.referenced_table_name AND theirs.column_name = '$changed') AS is_copy
FROM information_schema.key_column_usage AS own
WHERE own.table_schema = database() AND own.table_name = ${literal(table)} AND own.referenced_table_name IS NOT NULL
  AND 1 = (SELECT count(*) FROM information_schema.key_column_usage AS part WHERE part.table_schema = own.table_schema
    AND part.table_name = own.table_name AND part.constraint_name = own.constraint_name)`;
}
