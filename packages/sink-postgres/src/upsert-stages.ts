import { createHash } from 'node:crypto';
import type { TableRows, UpsertTable } from '@dbsync/sql';
import type pg from 'pg';
import type { TablePlace } from './session-path.js';
import { type UpsertStatements, upsertStatements } from './upsert-statements.js';

export interface UpsertStages {
  /** Makes the temporary tables that the connection lacks. Returns the statements in the order of the tables. */
  prepare(client: pg.ClientBase, tables: readonly TableRows[]): Promise<readonly UpsertStatements[]>;
}

/** The most temporary tables of a connection. A batch needs six; the columns of contacts differ between campaigns. */
const MAX_STAGES = 120;

/** A temporary table of a connection. */
interface Stage {
  readonly drop: string;
  /** The tables for which it was made, or made again. */
  readonly madeFor: WeakSet<UpsertTable>;
}

/** The stages of each connection by their names, in the order in which they were used last. */
const stagesOf = new WeakMap<pg.ClientBase, Map<string, Stage>>();

/**
 * Creates the stages. A connection keeps a temporary table for each list of columns that was written through it last. Several sinks may have the
 * connection in turn: tables with equal columns have one stage, also those of other campaigns, whose names differ by their prefix, so that a
 * hundred campaigns do not drop each other's stages. Each sink makes a stage again at its first use, so no sink relies on what another one
 * knew of the columns. Temporary tables are made outside the transaction that fills them, and are empty whenever none runs.
 */
export function createUpsertStages(place: TablePlace): UpsertStages {
  const statements = new WeakMap<UpsertTable, NamedStatements>();

  /** @param taken the stages of other tables of the batch */
  const statementsOf = (table: UpsertTable, taken: ReadonlySet<string>): NamedStatements => {
    const known = statements.get(table);
    if (known !== undefined && !taken.has(known.stage)) return known;
    const stage = freeName(`dbsync_stage_${hashOf(table, place)}`, taken);
    const made = { ...upsertStatements(table, place, `pg_temp.${stage}`), stage };
    statements.set(table, made);
    return made;
  };

  return {
    async prepare(client, tables) {
      const here = stagesOf.get(client) ?? new Map<string, Stage>();
      stagesOf.set(client, here);
      const taken = new Set<string>();
      const wanted = tables.map(({ table }) => {
        const named = statementsOf(table, taken);
        taken.add(named.stage);
        return { table, ...named };
      });
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

/** Returns a name that no other table of the batch has: two of its tables may have equal columns. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let nr = 0; ; nr += 1) {
    const tried = nr === 0 ? name : `${name}_${nr}`;
    if (!taken.has(tried)) return tried;
  }
}

/** Returns a text that is the same where a stage would have the same columns. */
function hashOf({ columns }: UpsertTable, { schema }: TablePlace): string {
  const parts = [schema, ...columns.map((column) => [column.name, column.type])];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}

async function dropOldest(client: pg.ClientBase, stages: Map<string, Stage>): Promise<void> {
  for (const [stage, { drop }] of stages) {
    if (stages.size <= MAX_STAGES) return;
    await client.query(drop);
    stages.delete(stage);
  }
}
