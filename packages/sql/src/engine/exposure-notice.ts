import type { SinkNotice } from '@dbsync/core/contract';
import type { Exposure, SqlEngine } from './sql-engine.js';

/** Returns the protection that the connection to the server lacks, by the choice of TLS; undefined: it lacks none. */
export function exposureOf(isLocal: boolean, isEncrypted: boolean, isProven: boolean): Exposure | undefined {
  if (isLocal || (isEncrypted && isProven)) return undefined;
  return isEncrypted ? 'unproven' : 'plain';
}

/** Returns the notice about the protection that the connection to the server lacks; null: it lacks none. */
export function exposureNotice({ name, server, exposure }: SqlEngine): SinkNotice | null {
  if (exposure === undefined) return null;
  const way = `The connection to ${server === undefined ? name : `${name} at ${server.host}:${server.port}`}`;
  return exposure === 'plain'
    ? { level: 'warn', code: 'SQL_NOT_ENCRYPTED', message: `${way} is not encrypted.` }
    : {
        level: 'warn',
        code: 'SQL_SERVER_UNPROVEN',
        message: `${way} is encrypted, and the certificate is not checked.`,
      };
}
