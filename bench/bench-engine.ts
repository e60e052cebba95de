/** The tables of a copy, parents first. */
export const TABLES = ['contacts', 'transactions', 'connections', 'recordings', 'inbound_calls'].map(
  (table) => `mcall_${table}`,
);

/** Counts rows over the tables of a copy. */
export async function countRows(rowsOf: (table: string) => number | Promise<number>): Promise<number> {
  let count = 0;
  for (const table of TABLES) count += await rowsOf(table);
  return count;
}

/** The same rows by the engine's own way. */
export interface Baseline {
  /** The way, for the report. */
  readonly way: string;
  /** False: the engine has no loader that takes rows from a client, so they went in one by one. */
  readonly isLoader: boolean;
  readonly seconds: number;
  /** The time of the same load in the order of the keys. Absent: the order makes no difference, or was not measured. */
  readonly byKeySeconds?: number;
}

/** A database to measure in, durable as in production. */
export interface BenchEngine extends AsyncDisposable {
  readonly name: string;
  /** The address for the command. */
  readonly target: string;
  countRows(): Promise<number>;
  /** Writes exactly the rows of the copy into empty tables of the same schema, by the engine's own loader where it has one. */
  measureBaseline(): Promise<Baseline>;
}
