/** A table as it stands in the database. */
export interface TableDescription {
  readonly columns: readonly ColumnDescription[];
  /** Column lists of its primary key, unique constraints and unique indexes. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** Column lists of all its indexes, those of keys among them. */
  readonly indexes: readonly (readonly string[])[];
  /** Those of one column. */
  readonly foreignKeys: readonly ForeignKey[];
  /** Triggers of another program that may keep a row out, or as it was, without an error, by name; null or absent: none. */
  readonly droppingTriggers?: string | null;
}

/** A reference of one column to another table. */
export interface ForeignKey {
  readonly column: string;
  /** Of the constraint; empty where the engine tells none. */
  readonly name: string;
  /** The table that it refers to; of another schema or database, with that in front. */
  readonly table: string;
  /** That table has the column `$changed`: it is, or was, part of a copy. */
  readonly isCopy: boolean;
}

/** A column as the database describes it. */
export interface ColumnDescription {
  readonly name: string;
  /** Such as `varchar(50)`: complete, so that `storageOf` needs no more. */
  readonly type: string;
}

/** A type as messages show it: a column of SQLite may have none. */
export function shownType(type: string): string {
  return type === '' ? 'no declared type' : type;
}
