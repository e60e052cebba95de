import type { Finding } from '@dbsync/core/contract';
import type { ServerConnection } from './mysql-pool.js';

/** Asks the server about everything that dbsync depends on. */
export async function checkHealth(connection: ServerConnection): Promise<readonly Finding[]> {
  const { kind, version } = connection.server;
  await connection.query('SELECT 1');
  return [{ level: 'pass', what: `${kind} ${version}`, remedy: null }];
}
