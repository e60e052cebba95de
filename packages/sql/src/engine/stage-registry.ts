import type { UpsertTable } from './upsert-batch.js';

/** Remembers the statements of each table, and the stages that each connection has. */
export interface StageRegistry<Connection extends object, Statements, Stage> {
  /** Returns the statements of a table. They are made at the first use; a table whose columns change is another one. */
  statementsOf(table: UpsertTable, connection: Connection): Statements;
  /** Returns the stages of a connection by their names: the caller adds those that it makes. */
  stagesOf(connection: Connection): Map<string, Stage>;
}

/**
 * Creates a registry of stages: temporary tables that a connection keeps.
 *
 * @param make makes the statements of a table
 * @param stages the stages of all connections, where several sinks share them. Default: the registry's own
 */
export function createStageRegistry<Connection extends object, Statements, Stage = Statements>(
  make: (table: UpsertTable, connection: Connection) => Statements,
  stages = new WeakMap<Connection, Map<string, Stage>>(),
): StageRegistry<Connection, Statements, Stage> {
  const statements = new WeakMap<UpsertTable, Statements>();
  return {
    statementsOf(table, connection) {
      const known = statements.get(table) ?? make(table, connection);
      statements.set(table, known);
      return known;
    },
    stagesOf(connection) {
      const known = stages.get(connection) ?? new Map<string, Stage>();
      stages.set(connection, known);
      return known;
    },
  };
}
