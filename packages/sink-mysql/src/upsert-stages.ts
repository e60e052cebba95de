import type { TableRows, UpsertTable } from '@dbsync/sql';
import { loadText } from './load-text.js';
import type { ServerConnection } from './server-connection.js';
import { type UpsertStatements, upsertStatements } from './upsert-statements.js';
import { valueLists } from './value-lists.js';

export interface UpsertStages {
  /** Brings the rows of a table into its stage on this connection. */
  fill(connection: ServerConnection, rows: TableRows): Promise<UpsertStatements>;
}

/**
 * A connection keeps a temporary table for each table that was written through it, until that table's columns change. They
 * are made and filled outside of any transaction.
 */
export function createUpsertStages(): UpsertStages {
  const statements = new WeakMap<UpsertTable, UpsertStatements>();
  const made = new WeakMap<ServerConnection, Map<string, UpsertStatements>>();
  let numbers = 0;

  const statementsOf = (table: UpsertTable, { server }: ServerConnection): UpsertStatements => {
    const known = statements.get(table) ?? upsertStatements(table, `dbsync_stage_${++numbers}`, server.kind);
    statements.set(table, known);
    return known;
  };

  return {
    async fill(connection, { table, rows }) {
      const here = made.get(connection) ?? new Map<string, UpsertStatements>();
      made.set(connection, here);
      const [last, next] = [here.get(table.name), statementsOf(table, connection)];
      if (last !== next) {
        if (last !== undefined) await connection.query(last.dropStage);
        here.delete(table.name);
        await connection.query(next.createStage);
        here.set(table.name, next);
      }
      await fillStage(connection, rows, next);
      return next;
    },
  };
}

/**
 * LOAD DATA is the faster way, and open to a client only where the server's `local_infile` is on. It bends what does not fit
 * instead of failing, which cannot happen to cells that were made for their columns; where the server says that it did, the
 * rows go the other way, and the error of that one tells what is wrong.
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
