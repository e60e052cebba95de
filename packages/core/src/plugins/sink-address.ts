import type { SinkAddress } from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';

/** A target's URL, taken apart. */
export interface SinkUrl {
  readonly address: SinkAddress;
  /** Of the query string, decoded, by name; none where the sink owns its query. */
  readonly parameters: ReadonlyMap<string, string>;
  /** What must never be shown: the password, and a query that the sink owns, decoded and as they were written. */
  readonly secrets: readonly string[];
}

export interface SinkUrlOptions {
  /** Of the sink's manifest. */
  readonly ownsQuery?: boolean | undefined;
}

const SCHEME = /^([a-z][a-z0-9+.-]*):(\/\/)?/i;
/** Some drivers have names of several words, such as `app+name` and `app%20name`. */
const PARAMETER = '[a-z](?:[\\w.+ -]|%20)*(?:=[^&]*)?';
const QUERY = new RegExp(`^(?:${PARAMETER}(?:&${PARAMETER})*)?$`, 'i');

/** Such URLs are read as browsers read them; all others take credentials raw, so that any password can be pasted in. */
const WEB_SCHEMES: ReadonlySet<string> = new Set(['http', 'https']);

/**
 * Reads `scheme://user:password@host:port/path?name=value` and `scheme:path?name=value`.
 *
 * Credentials reach up to the last `@` before the query. Those that could not stand in a URL, because of a bare `/`,
 * `?`, `#` or `@` or a `%` that begins no escape, are taken as they are; else they are decoded. Only a password such as
 * `a@b?c=d` has to be escaped where no parameters follow: it reads as host and parameter.
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
  const place = slashes ? placeOf(location) : { host: '', port: null, path: location };
  const secrets = secretsOf(credentials, login);
  if (ownsQuery) {
    const address = { scheme, ...login, ...place, ...(query !== '' && { query }) };
    return { address, parameters: new Map(), secrets: [...secrets, ...secretsOfQuery(query)] };
  }
  const isWithoutHost = slashes && location.startsWith('/') && place.path !== '';
  const address = { scheme, ...login, ...place, path: decoded(place.path), ...(isWithoutHost && { isWithoutHost }) };
  return { address, parameters: parametersOf(query), secrets };
}

/**
 * The scheme in small letters, by which the sink is found that knows how to read the rest.
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

/** The target without what could be a secret: neither user nor password nor parameters. */
export function describeAddress({ scheme, host, port, path }: SinkAddress): string {
  if (host === '' && port === null) return `${scheme}:${path}`;
  const where = host.includes(':') ? `[${host}]` : host.startsWith('/') ? encodeURIComponent(host) : host;
  return `${scheme}://${where}${port === null ? '' : `:${port}`}${path === '' ? '' : `/${path}`}`;
}

/**
 * Splits at the first `?` behind which nothing but parameters stands. A `?` with an `@` behind it may be part of a
 * password, so one without comes first: a bare `@` stands more often in a password than in a parameter.
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

/** A user's name ends at the first colon and has no slash, so that an `@` in a path is not mistaken. */
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
    if (parameters.has(key)) throw invalid(`its parameter "${key}" stands there twice`);
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

/** Shorter values of a query, such as a version, are no secrets; masked, they would take half of every text with them. */
const SHORTEST_SECRET = 8;

function secretsOfQuery(query: string): readonly string[] {
  const values = query.split('&').flatMap((part) => {
    const value = part.slice(part.indexOf('=') + 1);
    return [value, decoded(value)];
  });
  return [...new Set([query, ...values])].filter((text) => text.length >= SHORTEST_SECRET);
}

const HOST_AND_PORT = /^(?:\[([\da-f:.]+)\]|([^:[\]\s]*))(?::(\d*))?$/i;

/** The path as it was written. */
function placeOf(location: string): Pick<SinkAddress, 'host' | 'port' | 'path'> {
  const slash = location.indexOf('/');
  const authority = slash < 0 ? location : location.slice(0, slash);
  const path = slash < 0 ? '' : location.slice(slash + 1);
  const match = HOST_AND_PORT.exec(authority);
  if (match === null) throw invalid('what stands where its host should be is none (an IPv6 address goes in brackets)');
  const [, six, name = '', digits = ''] = match;
  const port = digits === '' ? null : Number(digits);
  if (port !== null && (port < 1 || port > 65_535)) throw invalid('its port is not between 1 and 65535');
  return { host: six ?? decoded(name), port, path };
}

/** What has an escape that is none is taken as it is. */
function decoded(text: string): string {
  return decodedOrNull(text) ?? text;
}

function decodedOrNull(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function invalid(why: string): DbsyncError {
  return new DbsyncError('SINK_URL_INVALID', `The URL of the target (--url) cannot be read: ${why}.`);
}
