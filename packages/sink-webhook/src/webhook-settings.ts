import type { SinkAddress, SinkTarget } from '@dbsync/core/contract';
import { decoded } from '@dbsync/core/sink-kit';
import { type AddressRules, refusalOf } from './address-guard.js';
import { readHeaders } from './custom-headers.js';
import { proxyHeaders } from './proxy-dial.js';
import type { TlsFiles } from './tls-files.js';
import type { LoneSurrogates } from './webhook-body.js';
import { fatal } from './webhook-error.js';
import { mayRefuse } from './webhook-verdict.js';

/** The destination and the form of deliveries; no file has been read yet. */
export interface WebhookSettings {
  /** The address without credentials. */
  readonly url: URL;
  /** The user's own headers, basic authentication among them, by name in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** A file with more headers; null: none. */
  readonly headerFile: string | null;
  /** A text that an answer must contain to count as accepted; null: its status is enough. */
  readonly acceptIfContains: string | null;
  /** null: deliveries are not signed. */
  readonly secretFile: string | null;
  /** The time of one attempt. */
  readonly timeoutMs: number;
  readonly addresses: AddressRules;
  /** Statuses that refuse a message for good. */
  readonly refused: ReadonlySet<number>;
  readonly http2: boolean;
  readonly loneSurrogates: LoneSurrogates;
  /** False: each delivery has a new connection. */
  readonly keepAlive: boolean;
  readonly tls: TlsFiles;
  /** The URL of an HTTP proxy, with its credentials; null: none. */
  readonly proxy: string | null;
  /** Texts that are masked in answers. */
  readonly secrets: readonly string[];
}

/**
 * Reads the settings. @throws a fatal SinkError for values that cannot be used; its message shows neither path nor
 * query nor values of headers
 */
export function readSettings({ address, options, proxy }: SinkTarget): WebhookSettings {
  const text = (name: string) => (typeof options[name] === 'string' && options[name] !== '' ? options[name] : null);
  const url = urlOf(address);
  const addresses = {
    allowLinkLocal: options['allow-link-local'] === true,
    denyPrivate: options['deny-private'] === true,
  };
  const refusal = refusalOf(hostOf(url), addresses);
  if (refusal !== null) throw fatal('WEBHOOK_ADDRESS_REFUSED', `${refusal}.`);
  const own = readHeaders(text('header') ?? '');
  const login = loginOf(address);
  if (login !== null && own.authorization !== undefined)
    throw fatal(
      'WEBHOOK_OPTION_INVALID',
      'The address has credentials, and a header is named authorization: give one.',
    );
  const tls = {
    authorities: text('ca'),
    certificate: text('cert'),
    key: text('key'),
    keyPassword: text('key-password'),
  };
  checkTls(tls, url);
  const secrets = [
    address.password,
    login,
    ...Object.values(own),
    address.query,
    ...spellingsOf(url),
    ...proxySecrets(proxy),
  ];
  return {
    url,
    headers: { ...own, ...(login !== null && { authorization: `Basic ${login}` }) },
    headerFile: text('header-file'),
    acceptIfContains: text('accept-if-contains'),
    secretFile: text('secret-file'),
    timeoutMs: timeoutOf(options.timeout),
    addresses,
    refused: refusedOf(typeof options.refused === 'string' ? options.refused : DEFAULT_REFUSED),
    http2: options.http2 !== false,
    loneSurrogates: options['lone-surrogates'] === 'replace' ? 'replace' : 'escape',
    keepAlive: options['keep-alive'] !== false,
    tls,
    proxy: proxy ?? null,
    secrets: secrets.filter((secret) => secret !== null && secret !== undefined),
  };
}

/** Returns the secrets of the proxy, whose refusal may repeat what was sent. */
function proxySecrets(proxy: string | undefined): readonly string[] {
  const password = (proxy === undefined ? null : URL.parse(proxy)?.password) ?? '';
  const login = Object.values(proxyHeaders(proxy ?? null)).map((value) => value.slice('Basic '.length));
  return password === '' ? [] : [password, decoded(password), ...login];
}

/** Shorter values, such as `json`, are no secrets, and are words of many answers. */
const SECRET_LENGTH = 8;

/** Returns path and query as a receiver may repeat them: together or apart, as sent or decoded. */
function spellingsOf({ pathname, search, searchParams }: URL): readonly string[] {
  const sent = search
    .slice(1)
    .split('&')
    .map((pair) => pair.slice(pair.indexOf('=') + 1));
  const values = [...sent, ...searchParams.values()].filter(({ length }) => length >= SECRET_LENGTH);
  return [`${pathname}${search}`, pathname, decoded(pathname), ...values];
}

/** Returns the host in the form of `net` and `tls`: an IPv6 address without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** Matches a host that would be read as the beginning of a path, or as credentials. */
const NO_NAME = /^$|[/?#\\@\s]/;

/**
 * Parses the URL as a browser does, so that no spelling of an address escapes the guard: `0xa9fea9fe` is
 * `169.254.169.254`.
 */
function urlOf({ scheme, host, port, path, query }: SinkAddress): URL {
  const name = host.includes(':') ? `[${host}]` : host;
  const authority = port === null ? name : `${name}:${port}`;
  const url = URL.parse(`${scheme}://${authority}/${path}${query === undefined ? '' : `?${query}`}`);
  if (!NO_NAME.test(host) && url !== null) return url;
  throw fatal('WEBHOOK_URL_INVALID', 'The URL of the target (--url) names no host that can be reached.');
}

function loginOf({ user, password }: SinkAddress): string | null {
  if (user === null && password === null) return null;
  return Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64');
}

/** Core ends any call after five minutes, and then the time-out could not be named as the reason. */
const MOST_SECONDS = 240;

function timeoutOf(seconds: unknown): number {
  if (typeof seconds === 'number' && seconds > 0 && seconds <= MOST_SECONDS) return Math.ceil(seconds * 1000);
  throw fatal('WEBHOOK_OPTION_INVALID', `timeout must be a number of seconds above 0 and up to ${MOST_SECONDS}.`);
}

/** The default statuses. A receiver that deletes a customer answers so to that contact alone. */
const DEFAULT_REFUSED = '410';

function refusedOf(list: string): ReadonlySet<number> {
  const parts = list.split(',').map((part) => part.trim());
  const statuses = parts
    .filter((part) => part !== '')
    .map((part) => (/^\d{3}$/.test(part) ? Number(part) : Number.NaN));
  if (statuses.every(mayRefuse)) return new Set(statuses);
  throw fatal(
    'WEBHOOK_OPTION_INVALID',
    'refused must be a list of HTTP statuses with commas between, such as 404,410,422: from 300 to 599, and none that ' +
      'is about the whole receiver, such as 429 or 503.',
  );
}

function checkTls({ authorities, certificate, key, keyPassword }: TlsFiles, { protocol }: URL): void {
  if (protocol === 'http:' && (authorities ?? certificate ?? key ?? keyPassword) !== null)
    throw fatal(
      'WEBHOOK_OPTION_INVALID',
      'ca, cert, key and key-password are for https: the address begins with http.',
    );
  if ((certificate === null) !== (key === null))
    throw fatal('WEBHOOK_OPTION_INVALID', 'cert and key belong together: give both or none.');
}
