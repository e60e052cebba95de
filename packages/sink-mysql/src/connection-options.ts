import { connect as openSocket, type Socket } from 'node:net';
import type { ConnectionOptions } from 'mysql2';
import { loginMethods } from './login-methods.js';
import type { MysqlAddress } from './mysql-address.js';
import { readServerKey, tlsOptions } from './mysql-tls.js';

const KEEP_ALIVE_MS = 10_000;

/**
 * Returns the options of the driver, without those of its pool.
 *
 * @param onRemembered called at each login that works only as long as the server remembers the password
 */
export function connectionOptions(address: MysqlAddress, onRemembered: () => void): ConnectionOptions {
  const { host, port, socket: path, user, password, database, tls, connectTimeoutMs } = address;
  const serverKey = address.serverKey === null ? null : readServerKey(address.serverKey);
  return {
    host,
    port,
    ...(path === null ? {} : { socketPath: path }),
    user,
    ...(password === null ? {} : { password }),
    database,
    ...(tls === null ? {} : { ssl: tlsOptions(tls) }),
    authPlugins: loginMethods({ isPrivate: tls !== null || path !== null || !password, serverKey, onRemembered }),
    connectTimeout: connectTimeoutMs,
    charset: 'utf8mb4_bin',
    multipleStatements: true,
    // Rows that an UPDATE meets but does not change do not count as affected.
    flags: ['-FOUND_ROWS'],
    supportBigNumbers: true,
    dateStrings: true,
    jsonStrings: true,
    gracefulEnd: true,
    trace: false,
    // dbsync prepares no statements, and the driver makes room for 16,000 of them at each connection: 1 ms of CPU and 0.5 MB.
    maxPreparedStatements: 1,
  };
}

/**
 * Opens the socket and gives it the host's name. Node.js checks a certificate against this name when the caller gives
 * none, and sets it only from a host that is a name. For an IP address the driver gives none, so a certificate for
 * `localhost` would be accepted.
 */
export function openSocketTo({ host, port, socket: path }: MysqlAddress): Socket {
  const to = path === null ? { host, port, noDelay: true } : { path };
  const socket = openSocket({ ...to, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
  return Object.assign(socket, { _host: host });
}
