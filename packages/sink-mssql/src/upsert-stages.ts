import { type Cell, createStageRegistry, type TableRows } from '@dbsync/sql';
import { cellText } from './cell-text.js';
import type { MssqlConnection, RequestOptions } from './mssql-connection.js';
import { type StagedCell, type UpsertStatements, upsertStatements } from './upsert-statements.js';

export interface UpsertStages {
  /** Brings rows into temporary tables of the connection. Returns the statements in the order of the tables. */
  fill(
    connection: MssqlConnection,
    tables: readonly TableRows[],
    options: RequestOptions,
  ): Promise<readonly UpsertStatements[]>;
}

/**
 * Creates the stages. A connection keeps a temporary table for each table that was written through it, until that
 * table's columns change. A temporary table is emptied before it is filled, outside of any transaction.
 */
export function createUpsertStages(): UpsertStages {
  const numbers = new Map<string, number>();
  const registry = createStageRegistry<MssqlConnection, UpsertStatements>((table) => {
    const number = numbers.get(table.name) ?? numbers.size + 1;
    numbers.set(table.name, number);
    return upsertStatements(table, `#dbsync_stage_${number}`);
  });

  const prepare = async (connection: MssqlConnection, tables: readonly TableRows[], options: RequestOptions) => {
    const here = registry.stagesOf(connection);
    const wanted = tables.map(({ table }) => registry.statementsOf(table, connection));
    const texts = wanted.map((next) =>
      here.get(next.stage) === next
        ? `TRUNCATE TABLE ${next.stage}`
        : `DROP TABLE IF EXISTS ${next.stage};\n${next.createStage}`,
    );
    if (texts.length > 0) await connection.batch(texts.join(';\n'), options);
    for (const next of wanted) here.set(next.stage, next);
    return wanted;
  };

  return {
    async fill(connection, tables, options) {
      const wanted = await prepare(connection, tables, options);
      for (const [index, { stage, cells }] of wanted.entries()) {
        const rows = textRows(tables[index]?.rows ?? [], cells);
        await connection.load(stage, { lengths: cells.map(({ length }) => length), rows }, options);
      }
      return wanted;
    },
  };
}

function* textRows(
  rows: Iterable<readonly Cell[]>,
  cells: readonly StagedCell[],
): Generator<(string | null)[], void, undefined> {
  for (const row of rows) yield cells.map(({ index, storage }) => cellText(row[index] ?? null, storage));
}
