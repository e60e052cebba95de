import { createHash } from 'node:crypto';
import { createStageRegistry, type TableRows, type UpsertTable } from '@dbsync/sql';
import type pg from 'pg';
import type { TableSchema } from './session-path.js';
import { type UpsertStatements, upsertStatements } from './upsert-statements.js';

export interface UpsertStages {
  /** Makes the temporary tables that the connection lacks. Returns the statements in the order of the tables. */
  prepare(client: pg.ClientBase, tables: readonly TableRows[]): Promise<readonly UpsertStatements[]>;
}

/** The most temporary tables of a connection. A batch needs six, and campaigns with a prefix of their own need their own. */
const MAX_STAGES = 120;

/** A temporary table of a connection. */
interface Stage {
  readonly drop: string;
  /** The tables for which it was made, or made again. */
  readonly madeFor: WeakSet<UpsertTable>;
}

/** The stages of each connection by their names, in the order in which they were used last. */
const madeStages = new WeakMap<pg.ClientBase, Map<string, Stage>>();

/**
 * Creates the stages. A connection keeps a temporary table for each table that was written through it last, until that
 * table's columns change. Several sinks may have the connection in turn: those that write equal columns of one table have one stage, and
 * each sink makes it again at its first use, so no sink relies on what another one knew of the table. Other tables never share a
 * stage: it has the types that its table has now, which another program may have made narrower. Temporary tables are made outside
 * the transaction that fills them, and are empty whenever none runs.
 */
export function createUpsertStages(tableSchema: TableSchema): UpsertStages {
  const make = (table: UpsertTable): NamedStatements => {
    const stage = `dbsync_stage_${hashOf(table, tableSchema)}`;
    return { ...upsertStatements(table, tableSchema, `pg_temp.${stage}`), stage };
  };
  const registry = createStageRegistry<pg.ClientBase, NamedStatements, Stage>(make, madeStages);

  return {
    async prepare(client, tables) {
      const here = registry.stagesOf(client);
      const wanted = tables.map(({ table }) => ({ table, ...registry.statementsOf(table, client) }));
      for (const { table, stage, createStage, dropStage } of wanted) {
        const kept = here.get(stage);
        if (!kept?.madeFor.has(table)) {
          await client.query(kept === undefined ? createStage : `${kept.drop}; ${createStage}`);
        }
        const { madeFor } = kept ?? { madeFor: new WeakSet() };
        here.delete(stage);
        here.set(stage, { drop: dropStage, madeFor: madeFor.add(table) });
      }
      await dropOldest(client, here);
      return wanted;
    },
  };
}

interface NamedStatements extends UpsertStatements {
  readonly stage: string;
}

/** Returns a text that is the same where a stage would have the same columns of the same table. */
function hashOf({ name, columns }: UpsertTable, { schema }: TableSchema): string {
  const parts = [schema, name, ...columns.map((column) => [column.name, column.type])];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}

async function dropOldest(client: pg.ClientBase, stages: Map<string, Stage>): Promise<void> {
  for (const [stage, { drop }] of stages) {
    if (stages.size <= MAX_STAGES) return;
    await client.query(drop);
    stages.delete(stage);
  }
}
