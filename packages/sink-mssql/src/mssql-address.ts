import { SinkError, type SinkTarget } from '@dbsync/core/contract';
import { isLocalHost, textOption } from '@dbsync/sql';

/** The address of the database and the login. A parameter wins over the part of the URL. */
export interface MssqlAddress {
  readonly server: string;
  /** Null: the SQL Server Browser of the host returns the port of the instance. */
  readonly port: number | null;
  /** Null where a port is known. */
  readonly instance: string | null;
  readonly database: string;
  readonly login: Login;
  readonly tls: TlsChoice | null;
  /** True where the address itself says whether to encrypt. */
  readonly isTlsChosen: boolean;
  readonly applicationName: string;
  /** Null: the name of this machine. */
  readonly workstation: string | null;
  readonly connectTimeoutMs: number;
  readonly packetBytes: number;
  readonly multiSubnetFailover: boolean;
}

export interface Login {
  readonly user: string;
  readonly password: string;
  /** The domain of a Windows account; null: a login of SQL Server itself. */
  readonly domain: string | null;
}

export interface TlsChoice {
  /** True: TLS goes around everything, as in TDS 8.0, instead of being negotiated inside of the protocol. */
  readonly strict: boolean;
  /** True: a trusted authority must have signed the certificate for the host. */
  readonly verify: boolean;
  /** The name in the certificate; null: that of the host. */
  readonly hostName: string | null;
  /** Files. Null: the authorities of Node and of the system. */
  readonly authorities: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly keyPassword: string | null;
  readonly minVersion: TlsVersion | null;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

type Options = SinkTarget['options'];

/**
 * Reads the address and its options. @throws a fatal SinkError for parameters that are missing or contradict each other
 */
export function readAddress({ address, options }: SinkTarget): MssqlAddress {
  const server = textOption(options.server) ?? (address.host === '' ? 'localhost' : address.host);
  const { instance, database } = placeOf(address.path, options);
  const port = Number(options.port ?? address.port ?? 0) || (instance === null ? DEFAULT_PORT : null);
  return {
    server,
    port,
    instance: port === null ? instance : null,
    database,
    login: loginOf(textOption(options['user-id']) ?? address.user, textOption(options.password) ?? address.password),
    tls: tlsChoice(server, options),
    isTlsChosen: textOption(options.encrypt) !== null,
    applicationName: textOption(options['app-name']) ?? 'dbsync',
    workstation: textOption(options['workstation-id']),
    connectTimeoutMs: connectTimeoutMs(options),
    packetBytes: packetBytes(options),
    multiSubnetFailover: options['multi-subnet-failover'] === true,
  };
}

const DEFAULT_PORT = 1433;

/**
 * Reads `/database` and `/instance/database`, as the old client did; with a parameter that names the database, a path
 * of one part is the instance, as Microsoft's own driver for Go reads it.
 */
function placeOf(path: string, options: Options): { readonly instance: string | null; readonly database: string } {
  const parts = path.split('/').filter((part) => part !== '');
  const given = textOption(options.database);
  const database = given ?? parts.at(-1);
  if (database === undefined) {
    throw invalid('The address names no database: write sqlserver://user:password@host:1433/database');
  }
  if (parts.length > 2) {
    throw invalid('The path of the address has more parts than instance and database: write /instance/database');
  }
  const [first = null, second] = parts;
  const instance = second !== undefined || (given !== null && first !== given) ? first : null;
  return { instance: textOption(options.instance) ?? instance, database };
}

function loginOf(user: string | null, password: string | null): Login {
  if (user === null) {
    throw invalid('The address names no user: write sqlserver://user:password@host:1433/database, or give user-id');
  }
  const [, domain = null, account = user] = /^([^\\]+)\\(.+)$/s.exec(user) ?? [];
  return { user: account, password: password ?? '', domain };
}

/** True for a server of this machine: data never leaves it. */
export function isLocal(server: string): boolean {
  return isLocalHost(server) || /^(\.|\(local\))$/i.test(server);
}

const ON: ReadonlySet<string> = new Set(['true', 'mandatory', 'yes', '1', 't']);
const OFF: ReadonlySet<string> = new Set(['disable', 'false', 'optional', 'no', '0', 'f']);

/**
 * Chooses TLS. Departures from Microsoft's driver for Go: without `encrypt`, a server that is not local must use TLS,
 * and its certificate is verified; `false`, which encrypts only the login there, is plain text here.
 */
function tlsChoice(server: string, options: Options): TlsChoice | null {
  const encrypt =
    textOption(options.encrypt)?.toLowerCase() ?? (isLocal(server) && !mentionsTls(options) ? 'disable' : 'true');
  if (OFF.has(encrypt)) return null;
  if (!ON.has(encrypt) && encrypt !== 'strict') {
    throw invalid('encrypt must be one of: true, strict, disable (or mandatory, yes, 1; false, optional, no, 0)');
  }
  const [certificate, key] = [textOption(options['client-certificate']), textOption(options['client-key'])];
  if ((certificate === null) !== (key === null)) {
    throw invalid('client-certificate and client-key belong together: give both or none');
  }
  const strict = encrypt === 'strict';
  const minVersion = tlsVersion(textOption(options['tls-min']));
  if (minVersion === 'TLSv1.3' && !strict) throw invalid('tls-min=1.3 goes with encrypt=strict only');
  const trusting = options['trust-server-certificate'] === true;
  if (strict && trusting)
    throw invalid('encrypt=strict always verifies the certificate: leave TrustServerCertificate out');
  return {
    strict,
    verify: !trusting,
    hostName: textOption(options['host-name-in-certificate']),
    authorities: textOption(options.certificate),
    certificate,
    key,
    keyPassword: textOption(options['client-key-password']),
    minVersion,
  };
}

/** True where an option names a detail of encryption: then the connection is encrypted. */
function mentionsTls(options: Options): boolean {
  return options['trust-server-certificate'] === true || TLS_OPTIONS.some((name) => textOption(options[name]) !== null);
}

const TLS_OPTIONS = ['certificate', 'host-name-in-certificate', 'client-certificate', 'client-key', 'tls-min'];

function tlsVersion(version: string | null): TlsVersion | null {
  if (version === null) return null;
  const found = TLS_VERSIONS[version];
  if (found === undefined) throw invalid(`tls-min must be one of: ${Object.keys(TLS_VERSIONS).join(', ')}`);
  return found;
}

const TLS_VERSIONS: Readonly<Record<string, TlsVersion>> = {
  '1.0': 'TLSv1',
  '1.1': 'TLSv1.1',
  '1.2': 'TLSv1.2',
  '1.3': 'TLSv1.3',
};

const DEFAULT_TIMEOUT_SECONDS = 15;

/** Returns the longer one of both timeouts. 0, which means no limit to other drivers, is the default here. */
function connectTimeoutMs(options: Options): number {
  const seconds = Math.max(Number(options['connection-timeout'] ?? 0), Number(options['dial-timeout'] ?? 0));
  return (seconds > 0 ? seconds : DEFAULT_TIMEOUT_SECONDS) * 1000;
}

function packetBytes(options: Options): number {
  const bytes = Number(options['packet-size'] ?? 8192);
  if (!Number.isInteger(bytes) || bytes < 512 || bytes > 32_767) throw invalid('packet-size must be 512 to 32767');
  return bytes;
}

function invalid(message: string): SinkError {
  return new SinkError('MSSQL_OPTION_INVALID', `${message}.`, { verdict: 'fatal', outcome: 'not-committed' });
}
