import type { SinkNotice } from '@dbsync/core/contract';
import type { MssqlAddress } from './mssql-address.js';

/**
 * Warns of a password that any program in the place of the server could read. TDS has no login that proves knowledge of a
 * password without sending it; a Windows account (NTLM) has one. An address that says `encrypt=disable` has decided.
 */
export function loginWarnings({ server, port, login, tls, isTlsChosen }: MssqlAddress): readonly SinkNotice[] {
  if (tls !== null || isTlsChosen || login.domain !== null || login.password === '') return [];
  const address = port === null ? server : `${server}:${port}`;
  const message = `The login to SQL Server at ${address} sends its password without encryption. If another program of this machine answers in the place of the server, it gets the password. To verify the server: encrypt=true&certificate=FILE. To accept the risk: encrypt=disable`;
  return [{ level: 'warn', code: 'MSSQL_PASSWORD_READABLE', message }];
}
