import type { TableRows, UpsertTable } from '@dbsync/sql';
import type pg from 'pg';
import type { TablePlace } from './session-path.js';
import { type UpsertStatements, upsertStatements } from './upsert-statements.js';

export interface UpsertStages {
  /** Makes the temporary tables that the connection lacks. Returns the statements in the order of the tables. */
  prepare(client: pg.ClientBase, tables: readonly TableRows[]): Promise<readonly UpsertStatements[]>;
}

/**
 * Creates the stages. A connection keeps a temporary table for each table that was written through it, until that
 * table's columns change. Temporary tables are made outside the transaction that fills them, and are empty whenever
 * none runs.
 */
export function createUpsertStages(place: TablePlace): UpsertStages {
  const statements = new WeakMap<UpsertTable, UpsertStatements>();
  const made = new WeakMap<pg.ClientBase, Map<string, UpsertStatements>>();
  let numbers = 0;

  const statementsOf = (table: UpsertTable): UpsertStatements => {
    const known = statements.get(table) ?? upsertStatements(table, place, `pg_temp.dbsync_stage_${++numbers}`);
    statements.set(table, known);
    return known;
  };

  return {
    async prepare(client, tables) {
      const here = made.get(client) ?? new Map<string, UpsertStatements>();
      made.set(client, here);
      const wanted = tables.map(({ table }) => ({ name: table.name, statements: statementsOf(table) }));
      for (const { name, statements: next } of wanted) {
        const last = here.get(name);
        if (last === next) continue;
        await client.query(last === undefined ? next.createStage : `${last.dropStage}; ${next.createStage}`);
        here.set(name, next);
      }
      return wanted.map(({ statements: each }) => each);
    },
  };
}
