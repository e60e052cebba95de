import { createKeptStages, type TableRows } from '@dbsync/sql';
import type pg from 'pg';
import type { TableSchema } from './session-path.js';
import { type UpsertStatements, upsertStatements } from './upsert-statements.js';

export interface UpsertStages {
  /** Makes the temporary tables that the connection lacks. Returns the statements in the order of the tables. */
  prepare(client: pg.ClientBase, tables: readonly TableRows[]): Promise<readonly UpsertStatements[]>;
}

/** Creates the stages. They are made outside the transaction that fills them, and are empty whenever none runs. */
export function createUpsertStages(tableSchema: TableSchema): UpsertStages {
  const prepare = createKeptStages<pg.ClientBase, UpsertStatements & { readonly stage: string }>({
    make: (table, stage) => ({ ...upsertStatements(table, tableSchema, `pg_temp.${stage}`), stage }),
    run: (client, text) => client.query(text),
    schema: tableSchema.schema,
  });
  return {
    prepare: (client, tables) =>
      prepare(
        client,
        tables.map(({ table }) => table),
      ),
  };
}
