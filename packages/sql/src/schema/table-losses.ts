import { isSinkError, SinkError } from '@dbsync/core/contract';
import type { SqlEngine } from '../engine/sql-engine.js';

/**
 * The largest number of losses without a successful call between them that count as temporary: the tables can be made
 * again.
 */
const MOST_IN_A_ROW = 3;

/** Distinguishes a table or column that vanished under a running process from one that was never there. */
export interface TableLosses {
  /** Notes that the tables were made, or were there. */
  declared(): void;
  /** Notes that a call that needs the tables has succeeded. */
  succeeded(): void;
  /**
   * Reads the error of a call that needs the tables. Where one of them was removed or renamed since they were declared,
   * returns a lost connection: core then claims again, and its first call makes the missing parts again (R16b).
   */
  read(error: unknown): unknown;
}

export function createTableLosses({ schemaChangedCode }: Pick<SqlEngine, 'schemaChangedCode'>): TableLosses {
  let isDeclared = false;
  let inARow = 0;
  return {
    declared() {
      isDeclared = true;
    },
    succeeded() {
      inARow = 0;
    },
    read(error) {
      if (!isSinkError(error) || !isDeclared || inARow === MOST_IN_A_ROW) return error;
      if (error.code !== schemaChangedCode && error.code !== 'SQL_TABLES_MISSING') return error;
      inARow += 1;
      const message = `${error.message}. A table or a column was removed or renamed while dbsync ran: it is made again`;
      const details = { verdict: 'retryable', outcome: 'not-committed', connectionLost: true } as const;
      return new SinkError(error.code, message, { ...details, cause: error.cause });
    },
  };
}
