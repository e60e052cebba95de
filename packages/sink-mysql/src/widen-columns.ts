import type { ColumnDescription } from '@dbsync/sql';
import type { ServerConnection } from './mysql-connection.js';
import { literal, name } from './statement-text.js';

interface ColumnRest {
  readonly column_name: string;
  readonly is_nullable: 'YES' | 'NO';
  readonly column_default: string | null;
  readonly extra: string;
  readonly column_comment: string;
}

/**
 * Returns a statement that copies the table once for all its columns. A column's definition is given whole, since the
 * server drops what is not repeated. Tables of earlier times may be of an engine without transactions, or of a format
 * whose indexes are too short for a key. A foreign key to such a column is not checked, since its other end grows the
 * same way; MariaDB refuses the change then.
 */
export async function widenStatement(
  connection: ServerConnection,
  table: string,
  columns: readonly ColumnDescription[],
): Promise<string> {
  const rests = await connection.query<ColumnRest>(`SELECT column_name AS column_name, is_nullable AS is_nullable,
  column_default AS column_default, extra AS extra, column_comment AS column_comment FROM information_schema.columns
  WHERE table_schema = database() AND table_name = ${literal(table)}`);
  const restOf = new Map(rests.map((rest) => [rest.column_name, rest]));
  const changes = columns.map(
    (column) => `MODIFY ${name(column.name)} ${column.type}${restText(connection, restOf.get(column.name))}`,
  );
  return `SET SESSION foreign_key_checks = 0;
ALTER TABLE ${name(table)} ${changes.join(', ')}, ENGINE = InnoDB, ROW_FORMAT = DYNAMIC`;
}

function restText({ server }: ServerConnection, rest: ColumnRest | undefined): string {
  if (rest === undefined) return '';
  const { is_nullable, column_default, column_comment } = rest;
  return [
    is_nullable === 'NO' ? ' NOT NULL' : '',
    column_default === null ? '' : ` DEFAULT ${server.kind === 'mariadb' ? column_default : mysqlDefault(rest)}`,
    column_comment === '' ? '' : ` COMMENT ${literal(column_comment)}`,
  ].join('');
}

/**
 * Returns a default for MySQL, whose catalogue has a literal without its quotes and an expression with them escaped; a
 * long text takes expressions only.
 */
function mysqlDefault({ column_default, extra }: ColumnRest): string {
  const isExpression = extra.includes('DEFAULT_GENERATED');
  return `(${isExpression ? String(column_default).replaceAll("\\'", "'") : literal(column_default)})`;
}
