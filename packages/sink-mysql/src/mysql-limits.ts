import type { EngineLimits } from '@dbsync/sql';
import type { ServerKind } from './server-facts.js';

/**
 * Returns the limits. Two writes side by side keep a server busy; three or four only wait for the same disk: 100,000
 * contacts took as long.
 *
 * A page of 16 kB holds two rows of up to 8,126 bytes. A text of up to 40 bytes is stored whole in its row, and 20
 * bytes of a longer one: beside the longest key, and with 1,000 columns, 169 texts of 40 bytes fit (tried on both
 * servers). MariaDB makes 1,017 columns; MySQL stops at 196 texts, which would not all fit, unless its user may set
 * `innodb_strict_mode`.
 */
export function mysqlLimits(kind: ServerKind): EngineLimits {
  return {
    concurrentWrites: 2,
    batchContacts: 500,
    batchBytes: 8 * 1024 * 1024,
    columnsPerTable: kind === 'mariadb' ? 1_000 : 190,
    valuesPerRow: 168,
    parametersPerQuery: 10_000,
  };
}
