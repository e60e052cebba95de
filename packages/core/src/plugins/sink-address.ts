import type { SinkAddress } from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import { decoded, decodedOrNull } from '../network/decoded.js';

/** The parts of a target's URL. */
export interface SinkUrl {
  readonly address: SinkAddress;
  /** The parameters of the query string, decoded, by name; none if the sink owns its query. */
  readonly parameters: ReadonlyMap<string, string>;
  /**
   * The texts that must never be shown: the password, and a query that the sink owns, decoded and as they were written.
   */
  readonly secrets: readonly string[];
}

export interface SinkUrlOptions {
  /** The value of the sink's manifest. */
  readonly ownsQuery?: boolean | undefined;
}

const SCHEME = /^([a-z][a-z0-9+.-]*):(\/\/)?/i;
/**
 * A parameter's name may have several words, such as `app+name` and `app%20name`, since some drivers have such names.
 */
const PARAMETER = '[a-z](?:[\\w.+ -]|%20)*(?:=[^&]*)?';
const QUERY = new RegExp(`^(?:${PARAMETER}(?:&${PARAMETER})*)?$`, 'i');

/**
 * URLs of these schemes are read as browsers read them. All others accept unescaped credentials, so that any password
 * can be pasted in.
 */
const WEB_SCHEMES: ReadonlySet<string> = new Set(['http', 'https']);

/**
 * Reads `scheme://user:password@host:port/path?name=value` and `scheme:path?name=value`.
 *
 * Credentials end at the last `@` before the query. If they could not stand in a URL, because of a bare `/`, `?`, `#`
 * or `@`, or a `%` that begins no escape, they are taken unchanged; else they are decoded. Only a password such as
 * `a@b?c=d` must be escaped if no parameters follow, since it reads as host and parameter.
 *
 * @throws DbsyncError `SINK_URL_INVALID`, whose message never repeats the URL
 */
export function parseSinkUrl(url: string, { ownsQuery = false }: SinkUrlOptions = {}): SinkUrl {
  const { scheme, slashes, rest } = splitScheme(url);
  const [target, query] = WEB_SCHEMES.has(scheme) ? splitWebQuery(rest) : splitQuery(rest);
  const [credentials, location] = slashes
    ? splitCredentials(target, WEB_SCHEMES.has(scheme) ? WEB_CREDENTIALS : CREDENTIALS)
    : ['', target];
  const login = loginOf(credentials);
  const server = slashes ? placeOf(location) : { host: '', port: null, path: location };
  const secrets = secretsOf(credentials, login);
  if (ownsQuery) {
    const address = { scheme, ...login, ...server, ...(query !== '' && { query }) };
    return { address, parameters: new Map(), secrets: [...secrets, ...secretsOfQuery(query)] };
  }
  const isWithoutHost = slashes && location.startsWith('/') && server.path !== '';
  const address = { scheme, ...login, ...server, path: decoded(server.path), ...(isWithoutHost && { isWithoutHost }) };
  return { address, parameters: parametersOf(query), secrets };
}

/**
 * Returns the scheme in small letters. It selects the sink that knows how to read the rest.
 *
 * @throws DbsyncError `SINK_URL_INVALID`
 */
export function schemeOf(url: string): string {
  return splitScheme(url).scheme;
}

function splitScheme(url: string): { readonly scheme: string; readonly slashes: boolean; readonly rest: string } {
  const match = SCHEME.exec(url);
  if (match === null) throw invalid('it does not begin with a scheme, such as in scheme://user:password@host/name');
  const [head, scheme = '', slashes] = match;
  return { scheme: scheme.toLowerCase(), slashes: slashes !== undefined, rest: url.slice(head.length) };
}

/** Returns the target without possible secrets: without user, password and parameters. */
export function describeAddress({ scheme, host, port, path }: SinkAddress): string {
  if (host === '' && port === null) return `${scheme}:${path}`;
  const where = host.includes(':') ? `[${host}]` : host.startsWith('/') ? encodeURIComponent(host) : host;
  return `${scheme}://${where}${port === null ? '' : `:${port}`}${path === '' ? '' : `/${path}`}`;
}

/**
 * Splits at the first `?` that only parameters follow. If an `@` follows a `?`, the `?` may be part of a password; so a
 * `?` without an `@` after it is preferred: a bare `@` is more common in a password than in a parameter.
 */
function splitQuery(rest: string): readonly [target: string, query: string] {
  const splits = [...rest.matchAll(/\?/g)]
    .map(({ index }) => [rest.slice(0, index), rest.slice(index + 1)] as const)
    .filter(([, query]) => QUERY.test(query));
  return (
    splits.find(([, query]) => !query.includes('@')) ?? splits.find(([target]) => target.includes('@')) ?? [rest, '']
  );
}

function splitWebQuery(rest: string): readonly [target: string, query: string] {
  const [target = '', ...query] = (rest.split('#', 1)[0] ?? '').split('?');
  return [target, query.join('?')];
}

/**
 * A user's name ends at the first colon and has no slash, so that an `@` in a path is not taken for the end of
 * credentials.
 */
const CREDENTIALS = /^([^/?#:]*(?::.*)?)@(.*)$/s;
const WEB_CREDENTIALS = /^([^/]*)@(.*)$/s;

function splitCredentials(target: string, pattern: RegExp): readonly [credentials: string, location: string] {
  const [, credentials = '', location = target] = pattern.exec(target) ?? [];
  return [credentials, location];
}

function parametersOf(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of query.split('&').filter((text) => text !== '')) {
    const [name = '', ...value] = part.split('=');
    const key = decoded(name);
    if (parameters.has(key)) throw invalid(`its parameter "${key}" is given twice`);
    parameters.set(key, decoded(value.join('=')));
  }
  return parameters;
}

type Login = Pick<SinkAddress, 'user' | 'password' | 'written'>;

function loginOf(credentials: string): Login {
  if (credentials === '') return { user: null, password: null };
  const read = /[/?#@]/.test(credentials) || decodedOrNull(credentials) === null ? (text: string) => text : decoded;
  const colon = credentials.indexOf(':');
  const [user, password] =
    colon < 0 ? [credentials, null] : [credentials.slice(0, colon), credentials.slice(colon + 1)];
  const written = { user: user || null, password };
  const login = { user: read(user) || null, password: password === null ? null : read(password) };
  return login.user === written.user && login.password === written.password ? login : { ...login, written };
}

function secretsOf(credentials: string, { password }: Login): readonly string[] {
  const written = credentials.slice(credentials.indexOf(':') + 1);
  return password ? [...new Set([password, written])] : [];
}

/** Shorter values of a query, such as a version, count as no secrets: masking them would mask parts of many texts. */
const SHORTEST_SECRET = 8;

function secretsOfQuery(query: string): readonly string[] {
  const values = query.split('&').flatMap((part) => {
    const value = part.slice(part.indexOf('=') + 1);
    return [value, decoded(value)];
  });
  return [...new Set([query, ...values])].filter((text) => text.length >= SHORTEST_SECRET);
}

const HOST_AND_PORT = /^(?:\[([\da-f:.]+)\]|([^:[\]\s]*))(?::(\d*))?$/i;

/** Reads host, port and path. The path stays as it was written. */
function placeOf(location: string): Pick<SinkAddress, 'host' | 'port' | 'path'> {
  const slash = location.indexOf('/');
  const authority = slash < 0 ? location : location.slice(0, slash);
  const path = slash < 0 ? '' : location.slice(slash + 1);
  const match = HOST_AND_PORT.exec(authority);
  if (match === null) throw invalid('its host is invalid (an IPv6 address goes in brackets)');
  const [, six, name = '', digits = ''] = match;
  const port = digits === '' ? null : Number(digits);
  if (port !== null && (port < 1 || port > 65_535)) throw invalid('its port is not between 1 and 65535');
  return { host: six ?? decoded(name), port, path };
}

function invalid(why: string): DbsyncError {
  return new DbsyncError('SINK_URL_INVALID', `The URL of the target (--url) cannot be read: ${why}.`);
}
