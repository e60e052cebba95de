/** An object of another program that keeps a column from getting another type. */
export interface Obstacle {
  /** The column, by its name in the table. */
  readonly column: string;
  /** The object, such as `view reports.calls`. */
  readonly what: string;
  /** The name of a view in the schema of the tables; null or absent: it is another object. */
  readonly view?: string | null;
  /** The statement that removes it; null where no single statement does. */
  readonly clear: string | null;
}
