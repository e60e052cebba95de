/** A table as it stands in the database. */
export interface TableDescription {
  readonly columns: readonly ColumnDescription[];
  /** Column lists of its primary key, unique constraints and unique indexes. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** Column lists of all its indexes, those of keys among them. */
  readonly indexes: readonly (readonly string[])[];
  /** Columns that have a foreign key of their own. */
  readonly foreignKeys: readonly string[];
}

/** A column as the database describes it. */
export interface ColumnDescription {
  readonly name: string;
  /** Such as `varchar(50)`: complete, so that `storageOf` needs no more. */
  readonly type: string;
}
