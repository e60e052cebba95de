import { SinkError, type SinkTarget } from '@dbsync/core/contract';
import { isLocalHost, type TlsChoice, textOption } from '@dbsync/sql';

/** The address of the database and the login. A parameter wins over the part of the URL. */
export interface MysqlAddress {
  /** A name or an IP address; not used where there is a socket. */
  readonly host: string;
  readonly port: number;
  /** The file of a unix socket. */
  readonly socket: string | null;
  readonly user: string;
  readonly password: string | null;
  /** The login exactly as the address has it, where it can be read in two ways and no parameter names it. */
  readonly written: Pick<MysqlAddress, 'user' | 'password'> | null;
  readonly database: string;
  readonly tls: TlsChoice | null;
  /** The PEM file of the server's known key, for logins without TLS. */
  readonly serverKey: string | null;
  readonly connectTimeoutMs: number;
}

/** Reads the address and its options. @throws a fatal SinkError for parameters that contradict each other */
export function readAddress({ address, options, notify }: SinkTarget): MysqlAddress {
  const text = (name: string) => textOption(options[name]);
  const host = text('host') ?? (address.host === '' ? 'localhost' : address.host);
  const socket = text('socket') ?? (host.startsWith('/') ? host : null);
  const database = text('database') ?? address.path;
  const user = text('user') ?? address.user ?? '';
  const password = text('password') ?? address.password;
  if (database === '') throw invalid(`The address names no database: write ${address.scheme}://user@host/database.`);
  return {
    host,
    port: Number(options.port ?? address.port ?? 3306),
    socket,
    user,
    password,
    written: writtenLogin(address.written, { user, password }, options),
    database,
    tls: tlsChoice(!isLocal({ host, socket }), options, notify),
    serverKey: text('server-public-key-path'),
    connectTimeoutMs: Number(options['connect-timeout'] ?? 10) * 1000,
  };
}

/** True for a connection that never leaves this machine. */
export function isLocal({ host, socket }: Pick<MysqlAddress, 'host' | 'socket'>): boolean {
  return socket !== null || isLocalHost(host);
}

function writtenLogin(
  written: SinkTarget['address']['written'],
  { user, password }: Pick<MysqlAddress, 'user' | 'password'>,
  options: SinkTarget['options'],
): MysqlAddress['written'] {
  if (written === undefined) return null;
  const login = {
    user: textOption(options.user) ?? written.user ?? '',
    password: textOption(options.password) ?? written.password,
  };
  return login.user === user && login.password === password ? null : login;
}

const VERIFIED: Readonly<Record<string, TlsChoice['verify']>> = {
  PREFERRED: 'nothing',
  REQUIRED: 'nothing',
  VERIFY_CA: 'chain',
  VERIFY_IDENTITY: 'name',
};

/**
 * Chooses TLS. A departure from the clients of the servers: without `ssl-mode`, a host that is not local has to prove
 * its name.
 */
function tlsChoice(isRemote: boolean, options: SinkTarget['options'], notify: SinkTarget['notify']): TlsChoice | null {
  const mode = textOption(options['ssl-mode']) ?? (isRemote ? 'VERIFY_IDENTITY' : 'DISABLED');
  const verify = VERIFIED[mode];
  if (verify === undefined) return null;
  if (mode === 'PREFERRED') {
    const message =
      'ssl-mode=PREFERRED counts as REQUIRED: the connection is encrypted, or there is none. Give ssl-mode=DISABLED for plain text in a network that you trust';
    notify({ level: 'info', code: 'MYSQL_SSL_MODE_STRICTER', message });
  }
  const [certificate, key] = [textOption(options['ssl-cert']), textOption(options['ssl-key'])];
  if ((certificate === null) !== (key === null))
    throw invalid('ssl-cert and ssl-key belong together: give both or none.');
  return {
    verify,
    authorities: textOption(options['ssl-ca']),
    certificate,
    key,
    keyPassword: textOption(options['ssl-key-password']),
  };
}

function invalid(message: string): SinkError {
  return new SinkError('MYSQL_OPTION_INVALID', message, { verdict: 'fatal', outcome: 'not-committed' });
}
