import type { ServerConnection } from './mysql-connection.js';
import type { ServerKind } from './server-facts.js';

/** A session, and the server that it is on. */
export interface SessionIdentity {
  /** The server's number of the session. */
  readonly id: number;
  /** The server and the second of its start: all sessions have the same, until the server is started again or replaced. */
  readonly server: string;
}

/** Reads the identity of a session. Needs no privilege. */
export async function readIdentity(connection: ServerConnection): Promise<SessionIdentity> {
  const [found] = await connection.query<{ readonly id: unknown; readonly server: unknown }>(
    QUERIES[connection.server.kind],
  );
  if (found === undefined) throw new TypeError('The server answered no row');
  return { id: Number(found.id), server: String(found.server) };
}

/** Both the time and the age of the server are those of the begin of the statement, so their difference is the same each time. */
const START = 'unix_timestamp() - CAST(variable_value AS SIGNED)';

const QUERIES: Readonly<Record<ServerKind, string>> = {
  mariadb: `SELECT connection_id() AS id, concat_ws(' ', @@hostname, @@port, @@server_id, ${START}) AS server
FROM information_schema.global_status WHERE variable_name = 'UPTIME'`,
  mysql: `SELECT connection_id() AS id, concat_ws(' ', @@server_uuid, @@hostname, @@port, ${START}) AS server
FROM performance_schema.global_status WHERE variable_name = 'Uptime'`,
};
