/** A table as it stands in the database. */
export interface TableDescription {
  readonly columns: readonly ColumnDescription[];
  /** The column lists of its primary key, unique constraints and unique indexes. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** The column lists of all its indexes, those of keys among them. */
  readonly indexes: readonly (readonly string[])[];
  /** The names of these indexes, in the same order. Absent: they are not known. */
  readonly indexNames?: readonly string[];
  /** The foreign keys of the table that have one column. */
  readonly foreignKeys: readonly ForeignKey[];
  /**
   * The names of another program's triggers that may keep a row out, or as it was, without an error; null or absent:
   * none.
   */
  readonly droppingTriggers?: string | null;
}

/** A reference of one column to another table. */
export interface ForeignKey {
  readonly column: string;
  /** The name of the constraint; empty where the engine gives none. */
  readonly name: string;
  /** The table that it refers to; a table of another schema or database has that name in front. */
  readonly table: string;
  /** True where that table has the column `$changed`: it is, or was, part of a copy. */
  readonly isCopy: boolean;
}

/** A column as the database describes it. */
export interface ColumnDescription {
  readonly name: string;
  /** The type, such as `varchar(50)`: complete, so that `storageOf` needs no more. */
  readonly type: string;
}

/** True where one of the keys has this column alone, so that no two rows share a value of it. */
export function isUnique({ uniqueKeys }: Pick<TableDescription, 'uniqueKeys'>, column: string): boolean {
  return uniqueKeys.some((key) => key.length === 1 && key[0] === column);
}

/** True where an index begins with this column. */
export function isIndexed({ indexes }: Pick<TableDescription, 'indexes'>, column: string): boolean {
  return indexes.some(([first]) => first === column);
}

/** Returns a type for messages. A column of SQLite may have none. */
export function shownType(type: string): string {
  return type === '' ? 'no declared type' : type;
}
