import type { Obstacle } from '@dbsync/sql';
import type { ServerConnection } from './mysql-connection.js';
import { literal, name } from './statement-text.js';

/**
 * Lists objects that keep columns of the table from getting another type: generated columns and partitions. Views do
 * not.
 */
export async function columnObstacles(connection: ServerConnection, table: string): Promise<readonly Obstacle[]> {
  const ofTable = `table_schema = database() AND table_name = ${literal(table)}`;
  const [columns, partitions] = (await connection.request(`
SELECT column_name AS name, coalesce(generation_expression, '') AS expression FROM information_schema.columns WHERE ${ofTable};
SELECT DISTINCT concat_ws(', ', partition_expression, subpartition_expression) AS expression
FROM information_schema.partitions WHERE ${ofTable} AND partition_method IS NOT NULL`)) as [
    readonly { readonly name: string; readonly expression: string }[],
    readonly { readonly expression: string }[],
  ];
  return columns.flatMap(({ name: column }): Obstacle[] => {
    const isUsedIn = ({ expression }: { readonly expression: string }) => expression.includes(name(column));
    return [
      ...columns
        .filter((other) => other.name !== column && isUsedIn(other))
        .map((other) => generated(table, column, other.name)),
      ...partitions.filter(isUsedIn).map(({ expression }) => ({
        column,
        what: `partitions of ${table} by ${expression}`,
        clear: `ALTER TABLE ${name(table)} REMOVE PARTITIONING`,
      })),
    ];
  });
}

function generated(table: string, column: string, other: string): Obstacle {
  const clear = `ALTER TABLE ${name(table)} DROP COLUMN ${name(other)}`;
  return { column, what: `generated column ${table}.${other}`, clear };
}
