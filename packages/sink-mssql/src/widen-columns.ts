import type { ColumnDescription } from '@dbsync/sql';
import { alterableOnBabelfish, type ServerKind } from './babelfish.js';
import type { CatalogueColumn, CatalogueIndex, CatalogueTable } from './catalogue.js';
import { inTransaction, name } from './statement-text.js';

/**
 * Returns the statements that give columns other types, in one transaction. SQL Server alters one column at a time,
 * makes it nullable unless the statement says otherwise, and refuses a column with an index or a default, which is therefore dropped
 * and made again. No index takes a text without a limit, so one for reports is not made again.
 */
export function widenStatements(
  table: string,
  columns: readonly ColumnDescription[],
  catalogue: CatalogueTable,
  { isBabelfish }: ServerKind,
): string {
  const wanted = new Map(columns.map((column) => [column.name, column.type]));
  const changes = catalogue.columns.filter((column) => wanted.has(column.name));
  const alter = changes.flatMap((column) => alterStatements(table, column, wanted.get(column.name) ?? '', isBabelfish));
  // Babelfish keeps NOT NULL, and alters columns of indexes. Its catalogue does not have the names by which they could
  // be dropped.
  if (isBabelfish) return inTransaction(alter);
  const indexes = catalogue.indexes.filter((index) => [...wanted.keys()].some((column) => dependsOn(index, column)));
  const defaults = changes.filter((column) => column.default !== null);
  return inTransaction([
    ...indexes.map((index) => dropIndex(table, index)),
    ...defaults.map((column) => `ALTER TABLE ${name(table)} DROP CONSTRAINT ${name(column.default?.name ?? '')}`),
    ...alter,
    ...defaults.map((column) => addDefault(table, column)),
    // The clustered one first, since all others refer to its key.
    ...indexes
      .filter((index) => !index.columns.some((column) => /\(max\)/.test(wanted.get(column.name) ?? '')))
      .sort((a, b) => Number(b.clustered) - Number(a.clustered))
      .map((index) => createIndex(table, index)),
  ]);
}

/**
 * Returns the statements for one column. The old type `text` first becomes the type of its own code page, from which
 * every version goes on.
 */
function alterStatements(table: string, column: CatalogueColumn, type: string, isBabelfish: boolean): string[] {
  const nullability = column.nullable ? 'NULL' : 'NOT NULL';
  const full = (to: string) => (isBabelfish ? alterableOnBabelfish(to) : `${to} ${nullability}`);
  const alter = (to: string) => `ALTER TABLE ${name(table)} ALTER COLUMN ${name(column.name)} ${full(to)}`;
  return column.type === 'text' ? [alter('varchar(max)'), alter(type)] : [alter(type)];
}

function dependsOn({ columns, included, filter }: CatalogueIndex, column: string): boolean {
  return columns.some((key) => key.name === column) || included.includes(column) || filter?.includes(column) === true;
}

function dropIndex(table: string, { name: index, constraint }: CatalogueIndex): string {
  return constraint === null
    ? `DROP INDEX ${name(index)} ON ${name(table)}`
    : `ALTER TABLE ${name(table)} DROP CONSTRAINT ${name(index)}`;
}

function createIndex(table: string, index: CatalogueIndex): string {
  const kind = index.clustered ? 'CLUSTERED' : 'NONCLUSTERED';
  const keys = index.columns.map((key) => `${name(key.name)}${key.descending ? ' DESC' : ''}`).join(', ');
  if (index.constraint !== null) {
    return `ALTER TABLE ${name(table)} ADD CONSTRAINT ${name(index.name)} ${index.constraint} ${kind} (${keys})`;
  }
  const included = index.included.length === 0 ? '' : ` INCLUDE (${index.included.map(name).join(', ')})`;
  const filter = index.filter === null ? '' : ` WHERE ${index.filter}`;
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}${kind} INDEX ${name(index.name)} ON ${name(table)} (${keys})${included}${filter}`;
}

function addDefault(table: string, { name: column, default: value }: CatalogueColumn): string {
  return `ALTER TABLE ${name(table)} ADD CONSTRAINT ${name(value?.name ?? '')} DEFAULT ${value?.definition} FOR ${name(column)}`;
}
