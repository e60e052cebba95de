import { existsSync } from 'node:fs';
import { isLocal, type MysqlAddress } from './mysql-address.js';

/** The paths where the packages of MySQL and MariaDB put the socket of their server. */
const SOCKETS: readonly string[] = ['/run/mysqld/mysqld.sock', '/var/lib/mysql/mysql.sock', '/tmp/mysql.sock'];

/**
 * Names parameters to paste that make a login safe in which the server asks for the password itself.
 *
 * @param sockets the possible socket files of a server on this machine
 */
export function loginRemedy(address: MysqlAddress, sockets = SOCKETS): string {
  const socket = isLocal(address) ? sockets.find((file) => existsSync(file)) : undefined;
  const ways = [
    `socket=${socket ?? 'FILE'}, the unix socket of a server on this machine`,
    'ssl-mode=VERIFY_CA&ssl-ca=ca.pem, encryption, with a copy of ca.pem of the data directory of the server (docker cp CONTAINER:/var/lib/mysql/ca.pem .)',
    'server-public-key-path=public_key.pem, with a copy of public_key.pem of that directory',
  ];
  return `Give one of these in --url: ${ways.join('; ')}. Check the password, too: after a wrong one the server asks the same`;
}
