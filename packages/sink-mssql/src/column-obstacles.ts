import type { Obstacle } from '@dbsync/sql';
import type { MssqlConnection, RequestOptions } from './mssql-connection.js';
import { literal } from './statement-text.js';

/**
 * Lists objects that keep columns of the table from getting another type: objects bound to the schema, such as views
 * and functions, computed columns and check constraints. `widen` itself makes indexes and defaults again.
 */
export async function columnObstacles(
  connection: MssqlConnection,
  table: string,
  options: RequestOptions,
): Promise<readonly Obstacle[]> {
  const [found = []] = await connection.batch(obstaclesQuery(table), options);
  return found.map(({ name, what, clear }) => ({
    column: String(name),
    what: String(what),
    clear: clear === null ? null : String(clear),
  }));
}

function obstaclesQuery(table: string): string {
  return `DECLARE @table int = (SELECT object_id FROM sys.tables WHERE name = ${literal(table)} AND schema_id = SCHEMA_ID());
SELECT DISTINCT c.name,
  CASE WHEN own.name IS NOT NULL THEN CONCAT(N'computed column ', o.name, N'.', own.name)
    ELSE CONCAT(LOWER(REPLACE(o.type_desc, '_', ' ')), N' ', SCHEMA_NAME(o.schema_id), N'.', o.name) END AS what,
  CASE WHEN own.name IS NOT NULL THEN CONCAT(N'ALTER TABLE ', QUOTENAME(o.name), N' DROP COLUMN ', QUOTENAME(own.name))
    WHEN o.type = 'C' THEN CONCAT(N'ALTER TABLE ', QUOTENAME(OBJECT_NAME(o.parent_object_id)), N' DROP CONSTRAINT ', QUOTENAME(o.name))
    WHEN o.type = 'V' THEN CONCAT(N'DROP VIEW ', QUOTENAME(SCHEMA_NAME(o.schema_id)), N'.', QUOTENAME(o.name))
    WHEN o.type IN ('FN', 'IF', 'TF') THEN CONCAT(N'DROP FUNCTION ', QUOTENAME(SCHEMA_NAME(o.schema_id)), N'.', QUOTENAME(o.name))
  END AS clear
FROM sys.sql_expression_dependencies AS d
JOIN sys.columns AS c ON c.object_id = d.referenced_id AND c.column_id = d.referenced_minor_id
JOIN sys.objects AS o ON o.object_id = d.referencing_id
LEFT JOIN sys.columns AS own ON own.object_id = d.referencing_id AND own.object_id = @table AND own.column_id = d.referencing_minor_id
WHERE d.referenced_id = @table AND d.is_schema_bound_reference = 1 AND o.type <> 'D'
ORDER BY c.name, what;`;
}
