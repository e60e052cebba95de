import type { CallOptions } from '@dbsync/core/contract';
import { endTransaction, type MssqlConnection } from './mssql-connection.js';
import { LOCK_TIMEOUT_MS } from './session-settings.js';

const CHANGE_LOCK_TIMEOUT_MS = 2_000;

/** Runs a change of a table. Building an index may take long, once it has its lock. */
export async function changeTable(connection: MssqlConnection, text: string, { signal }: CallOptions): Promise<void> {
  try {
    await connection.batch(`SET LOCK_TIMEOUT ${CHANGE_LOCK_TIMEOUT_MS};\n${text}`, { signal, timeoutMs: 0 });
  } finally {
    await endTransaction(connection, `SET LOCK_TIMEOUT ${LOCK_TIMEOUT_MS}`);
  }
}
