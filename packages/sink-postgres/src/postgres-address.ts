import { userInfo } from 'node:os';
import { SinkError, type SinkTarget } from '@dbsync/core/contract';
import { isLocalHost, type TlsChoice, textOption } from '@dbsync/sql';
import { name } from './statement-text.js';

/** The address of the database and the login, read as libpq reads them: a parameter wins over the part of the URL. */
export interface PostgresAddress {
  /** A name, an IP address, or the directory of a unix socket; null: the socket of this machine, else `localhost`. */
  readonly host: string | null;
  readonly port: number;
  readonly user: string;
  readonly password: string | null;
  readonly database: string;
  readonly tls: TlsChoice | null;
  readonly applicationName: string;
  readonly connectTimeoutMs: number;
  /** Switches for the server, such as `-c work_mem=64MB`. */
  readonly serverOptions: string | null;
  readonly searchPath: string | null;
  /** True: the login is bound to the certificate of the server, where the server offers that. */
  readonly bindsChannel: boolean;
  /** True: the server may ask for the password in clear text, also without TLS. */
  readonly tellsPassword: boolean;
}

/** Reads the address and its options. @throws a fatal SinkError for parameters that contradict each other */
export function readAddress({ address, options, notify }: SinkTarget): PostgresAddress {
  const text = (option: string) => textOption(options[option]);
  const host = text('host') ?? (address.host === '' ? null : address.host);
  const user = text('user') ?? address.user ?? userInfo().username;
  const timeoutSeconds = Number(options.connect_timeout ?? 10);
  return {
    host,
    port: Number(options.port ?? address.port ?? 5432),
    user,
    password: text('password') ?? address.password,
    database: text('dbname') ?? (address.path === '' ? user : address.path),
    tls: tlsChoice(host, options, notify),
    applicationName: text('application_name') ?? 'dbsync',
    connectTimeoutMs: timeoutSeconds * 1000,
    serverOptions: text('options'),
    searchPath: text('search_path') ?? quotedName(text('schema')),
    bindsChannel: ['prefer', 'require'].includes(text('channel_binding') ?? ''),
    tellsPassword: text('require_auth') === 'password',
  };
}

/**
 * Quotes the name of a schema. Prisma's `schema` is the name itself; in a search path, small letters and signs would
 * change it.
 */
function quotedName(schema: string | null): string | null {
  return schema === null ? null : name(schema);
}

/** True for a connection that never leaves this machine. */
export function isLocal(host: string | null): boolean {
  return host === null || host.startsWith('/') || isLocalHost(host);
}

/**
 * Chooses TLS. Departures from libpq: without `sslmode`, a host that is not local is verified by name, where libpq
 * falls back to plain text; `require` without `sslrootcert` verifies by name too; libpq's `require` is called
 * `no-verify` here. `prefer` and `allow` count as `require`, because an attacker between could force the fallback to
 * plain text.
 */
function tlsChoice(
  host: string | null,
  options: SinkTarget['options'],
  notify: SinkTarget['notify'],
): TlsChoice | null {
  const mode = textOption(options.sslmode) ?? (isLocal(host) ? 'disable' : 'verify-full');
  if (mode === 'disable' || host === null || host.startsWith('/')) return null;
  if (mode === 'prefer' || mode === 'allow') {
    const message = `sslmode=${mode} counts as require: the connection is encrypted, or there is none. Give sslmode=disable for plain text in a network that you trust`;
    notify({ level: 'info', code: 'POSTGRES_SSLMODE_STRICTER', message });
  }
  const root = textOption(options.sslrootcert);
  const authorities = root === 'system' ? null : root;
  const [certificate, key] = [textOption(options.sslcert), textOption(options.sslkey)];
  if ((certificate === null) !== (key === null)) {
    throw new SinkError('POSTGRES_OPTION_INVALID', 'sslcert and sslkey belong together: give both or none.', {
      verdict: 'fatal',
      outcome: 'not-committed',
    });
  }
  return {
    verify: verification(mode, authorities),
    authorities,
    certificate,
    key,
    keyPassword: textOption(options.sslpassword),
  };
}

function verification(mode: string, authorities: string | null): TlsChoice['verify'] {
  if (mode === 'no-verify') return 'nothing';
  if (mode === 'verify-full' || authorities === null) return 'name';
  return 'chain';
}
