import type { ServerConnection } from './mysql-connection.js';
import { alterSettings, OPTIONAL_ALTER_SETTINGS, sessionSettings } from './session-settings.js';

/** Runs a change of a table, and restores the settings of the session before other work gets it. */
export async function changeTable(connection: ServerConnection, text: string): Promise<void> {
  const { kind } = connection.server;
  try {
    for (const setting of OPTIONAL_ALTER_SETTINGS) await connection.query(setting).catch(() => {});
    await connection.request(`${alterSettings(kind)}; ${text}`);
  } finally {
    await connection.request(sessionSettings(kind)).catch(() => connection.destroy());
  }
}
