import { createHash } from 'node:crypto';
import { createStageRegistry } from './stage-registry.js';
import type { UpsertTable } from './upsert-batch.js';

/** The statements for a stage, and its name. */
export interface StageStatements {
  readonly stage: string;
  readonly createStage: string;
  readonly dropStage: string;
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
const madeStages = new WeakMap<object, Map<string, Stage>>();

/** The engine's part of {@link createKeptStages}. */
export interface StageMaker<Connection, Statements> {
  /** Returns the statements of a table whose stage has this name. */
  make(table: UpsertTable, stage: string, connection: Connection): Statements;
  /** Runs one or more statements. */
  run(connection: Connection, text: string): Promise<unknown>;
  /** The schema of the tables. Absent: those of a connection are all in one. */
  readonly schema?: string;
}

/**
 * Creates the stages of a sink. A connection keeps a temporary table for each table that was written through it last, until that
 * table's columns change. Several sinks may have the connection in turn: those that write equal columns of one table have one stage, and
 * each sink makes it again at its first use, so no sink relies on what another one knew of the table. Other tables never share a
 * stage: it has the types that its table has now, which another program may have made narrower. Call it outside of a transaction.
 *
 * @returns a function that makes the stages that the connection lacks, and returns their statements in the order of the tables
 */
export function createKeptStages<Connection extends object, Statements extends StageStatements>({
  make,
  run,
  schema = '',
}: StageMaker<Connection, Statements>) {
  const registry = createStageRegistry<Connection, Statements, Stage>(
    (table, connection) => make(table, `dbsync_stage_${hashOf(table, schema)}`, connection),
    madeStages,
  );

  return async (connection: Connection, tables: readonly UpsertTable[]): Promise<readonly Statements[]> => {
    const here = registry.stagesOf(connection);
    const wanted = tables.map((table) => registry.statementsOf(table, connection));
    for (const [nr, table] of tables.entries()) {
      const { stage, createStage, dropStage } = wanted[nr] as Statements;
      const kept = here.get(stage);
      if (!kept?.madeFor.has(table)) {
        await run(connection, kept === undefined ? createStage : `${kept.drop}; ${createStage}`);
      }
      const { madeFor } = kept ?? { madeFor: new WeakSet() };
      here.delete(stage);
      here.set(stage, { drop: dropStage, madeFor: madeFor.add(table) });
    }
    await dropOldest(here, (drop) => run(connection, drop));
    return wanted;
  };
}

/** Returns a text that is the same where a stage would have the same columns of the same table. */
function hashOf({ name, columns }: UpsertTable, schema: string): string {
  const parts = [schema, name, ...columns.map((column) => [column.name, column.type])];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}

async function dropOldest(stages: Map<string, Stage>, run: (drop: string) => Promise<unknown>): Promise<void> {
  for (const [stage, { drop }] of stages) {
    if (stages.size <= MAX_STAGES) return;
    await run(drop);
    stages.delete(stage);
  }
}
