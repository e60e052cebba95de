import { createKeptStages, type TableRows } from '@dbsync/sql';
import { loadText } from './load-text.js';
import type { ServerConnection } from './mysql-connection.js';
import { type UpsertStatements, upsertStatements } from './upsert-statements.js';
import { valueLists } from './value-lists.js';

export interface UpsertStages {
  /** Brings the rows of a table into its stage on this connection. */
  fill(connection: ServerConnection, rows: TableRows): Promise<UpsertStatements>;
}

/** Creates the stages. Temporary tables are made and filled outside of any transaction. */
export function createUpsertStages(): UpsertStages {
  const prepare = createKeptStages<ServerConnection, UpsertStatements>({
    make: (table, stage, { server }) => upsertStatements(table, stage, server.kind),
    run: (connection, text) => connection.request(text),
  });
  return {
    async fill(connection, { table, rows }) {
      const [statements] = await prepare(connection, [table]);
      if (statements === undefined) throw new TypeError('The table has no stage');
      await fillStage(connection, rows, statements);
      return statements;
    },
  };
}

/**
 * Fills a stage. LOAD DATA is the faster way, and a client may use it only where the server's `local_infile` is on. It
 * changes values that do not fit instead of failing. That cannot happen to cells that were made for their columns;
 * where the server reports it, the rows are sent as statements, and their error tells what is wrong.
 */
async function fillStage(
  connection: ServerConnection,
  rows: TableRows['rows'],
  stage: UpsertStatements,
): Promise<void> {
  await connection.query(stage.emptyStage);
  if (connection.server.takesLoads) {
    const loaded = await connection.load(stage.loadStage, loadText(rows, stage.columns, connection.server));
    if (loaded.affectedRows === rows.length && loaded.warningStatus === 0) return;
    await connection.query(stage.emptyStage);
  }
  for (const list of valueLists(rows, stage.columns, connection.server)) {
    await connection.query(`${stage.fillStage} ${list}`);
  }
}
