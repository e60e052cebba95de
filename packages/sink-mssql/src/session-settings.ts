import { once } from 'node:events';
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import type { ConnectionConfiguration, ConnectionOptions } from 'tedious';
import type { Login, MssqlAddress } from './mssql-address.js';
import { secureContextOf } from './mssql-tls.js';

/** A write waits for another session's lock no longer than this. */
export const LOCK_TIMEOUT_MS = 30_000;
/**
 * The settings of each session. A server may set NOCOUNT itself: then no UPDATE would tell whether it found its row. Of two
 * sessions that wait for each other, the server ends the one with the lower priority: dbsync repeats its work, other
 * programs may not.
 */
export const SESSION_SETTINGS = `SET NOCOUNT OFF; SET LOCK_TIMEOUT ${LOCK_TIMEOUT_MS}; SET DEADLOCK_PRIORITY LOW`;
/** No request takes longer, except changes of tables. */
const REQUEST_TIMEOUT_MS = 600_000;
/**
 * A server that does not confirm within this time that it has cancelled a request is not waited for: the connection is
 * closed.
 */
const CANCEL_TIMEOUT_MS = 2_000;

/** Returns the driver's settings for each connection. @throws a fatal SinkError for TLS files that cannot be used */
export function connectionSettings(address: MssqlAddress): ConnectionConfiguration {
  const { server, port, instance, tls } = address;
  const options: ConnectionOptions = {
    ...(port === null ? { instanceName: instance ?? '' } : { port }),
    database: address.database,
    appName: address.applicationName,
    ...(address.workstation !== null && { workstationId: address.workstation }),
    connectTimeout: address.connectTimeoutMs,
    requestTimeout: REQUEST_TIMEOUT_MS,
    cancelTimeout: CANCEL_TIMEOUT_MS,
    packetSize: address.packetBytes,
    multiSubnetFailover: address.multiSubnetFailover,
    ...(!address.multiSubnetFailover && { connector: connectOneByOne }),
    // Only core repeats.
    maxRetriesOnTransientErrors: 0,
    abortTransactionOnError: true,
    dateFormat: 'ymd',
    encrypt: tls === null ? false : tls.strict ? 'strict' : true,
    ...(tls !== null && {
      trustServerCertificate: !tls.verify,
      cryptoCredentialsDetails: secureContextOf(tls),
      ...(tls.hostName !== null && { serverName: tls.hostName }),
    }),
  };
  return { server, options, authentication: authentication(address.login) };
}

/**
 * Tries the addresses of a name one after the other, each for the time that Node.js gives it. The driver's own way
 * gives the first one all the time, so an address that loses packets hides the others. The driver passes the place,
 * which after a redirection is another one, and its signal; its types do not say so.
 */
const connectOneByOne = async (...given: readonly unknown[]): Promise<Socket> => {
  const [tcpOptions, , signal] = given as ConnectorArguments;
  const socket = connect({ ...tcpOptions, autoSelectFamily: true });
  const abort = () => socket.destroy(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await once(socket, 'connect');
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return socket;
};

type ConnectorArguments = readonly [tcpOptions: TcpNetConnectOpts, lookup: unknown, signal: AbortSignal];

function authentication({ user, password, domain }: Login): ConnectionConfiguration['authentication'] & object {
  return domain === null
    ? { type: 'default', options: { userName: user, password } }
    : { type: 'ntlm', options: { userName: user, password, domain } };
}
