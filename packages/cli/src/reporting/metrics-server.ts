import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import { isLoopback, isLoopbackHost } from '../loopback.js';
import type { MetricsOptions } from '../options/metrics-options.js';
import { createPagePassword, type PagePassword } from './page-password.js';

/** The address of the server, and the password of its pages; null: none. */
export interface ServerOptions extends Pick<MetricsOptions, 'host' | 'port'> {
  readonly password: string | null;
}

/** One answer, made for each request. */
export interface MetricsPage {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The parts of a request that a page may depend on. */
export interface PageRequest {
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** A page. */
export interface ServedPage {
  /**
   * `all`: each program that reaches the port. `scrapers`: the same, unless there is a password. `owner`: those with the
   * password; without one, programs and browsers of this machine alone.
   */
  readonly readers: 'all' | 'scrapers' | 'owner';
  answer(request: PageRequest): Promise<MetricsPage>;
}

/** Pages by their path. */
export type MetricsPages = ReadonlyMap<string, ServedPage>;

/** The server. Disposing of it ends all connections and resolves when the port is free. */
export interface MetricsServer extends AsyncDisposable {
  /** The address, such as `http://127.0.0.1:9464`. */
  readonly url: string;
  /** True: other machines may reach the port, and there is no password. */
  readonly isExposed: boolean;
}

const LIMITS = { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 16_384 };
const MAX_CONNECTIONS = 64;
/** A wrong password is answered after this time, so a program tries at most {@link MAX_CONNECTIONS} a second. */
const WRONG_PASSWORD_MS = 1_000;

const NOT_FOUND = plainText(404, 'Not found\n');
const BROKEN = plainText(500, 'Failed\n');
const NO_PASSWORD = plainText(401, 'Give the password of --metrics-password-file; any user name will do.\n', {
  'www-authenticate': 'Basic realm="dbsync", charset="UTF-8"',
});
const FOR_OWNER = plainText(
  403,
  'Without --metrics-password-file, dbsync shows this page at a loopback address alone, such as http://127.0.0.1.\n',
);

/**
 * Starts a server that returns the pages for GET and HEAD, and 404 for all else. Throws `CLI_METRICS_PORT` where it
 * cannot listen.
 *
 * @param sleep waits before a wrong password is answered
 */
export async function startMetricsServer(
  options: ServerOptions,
  pages: MetricsPages,
  sleep: (ms: number) => Promise<unknown> = (ms) => delay(ms, undefined, { ref: false }),
): Promise<MetricsServer> {
  const password = options.password === null ? null : createPagePassword(options.password);
  const server = createServer(LIMITS, (request, response) => void respond(request, response));
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options);
  const { url, address } = boundTo(server);
  const isLocal = isLoopback(address);
  /** Connections that had a wrong password. Each ends with its answer: a program cannot try several passwords on one at a time. */
  const refused = new WeakSet<Socket>();

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (refused.has(request.socket)) return;
    const page = pageOf(request, pages);
    const refusal = page === null ? null : refusalOf(request, page, { password, isLocal });
    if (refusal === 'wrong') {
      refused.add(request.socket.pause());
      await sleep(WRONG_PASSWORD_MS);
      response.setHeader('connection', 'close');
    }
    const answer = refusal === 'wrong' ? NO_PASSWORD : (refusal ?? (await answerOf(request, page)));
    const { status, contentType, body, headers } = answer;
    response.writeHead(status, { 'content-type': contentType, ...ALWAYS, ...headers }).end(body);
  }

  return {
    url,
    isExposed: !isLocal && password === null,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const ALWAYS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** The facts that decide who may read pages. */
interface Access {
  /** null: none is needed. */
  readonly password: PagePassword | null;
  readonly isLocal: boolean;
}

/** Returns the answer to a reader that may not have the page; null: it may. */
function refusalOf(
  { headers }: IncomingMessage,
  { readers }: ServedPage,
  { password, isLocal }: Access,
): MetricsPage | 'wrong' | null {
  if (readers === 'all') return null;
  if (password !== null) {
    const verdict = password.check(headers.authorization);
    if (verdict === 'wrong') return verdict;
    return verdict === 'right' ? null : NO_PASSWORD;
  }
  // The name of another host means that a page of that host asks, after it led its name to this machine.
  return readers === 'scrapers' || (isLocal && isLoopbackHost(hostnameOf(headers.host))) ? null : FOR_OWNER;
}

/** Returns the name in the header `host`, without the port. */
function hostnameOf(host: string | undefined): string {
  return URL.parse(`http://${host ?? ''}`)?.hostname ?? '';
}

function pageOf({ method, url = '' }: IncomingMessage, pages: MetricsPages): ServedPage | null {
  return method === 'GET' || method === 'HEAD' ? (pages.get(url.replace(/\?.*$/s, '')) ?? null) : null;
}

async function answerOf({ url = '', headers }: IncomingMessage, page: ServedPage | null): Promise<MetricsPage> {
  const query = new URLSearchParams(url.replace(/^[^?]*\??/s, ''));
  return page === null ? NOT_FOUND : page.answer({ query, headers }).catch(() => BROKEN);
}

async function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (cause) {
    throw new CliError('CLI_METRICS_PORT', `--metrics-port ${port} on ${host}: ${reasonOf(cause)}.`, { cause });
  }
  // A connection that cannot be accepted, for example for lack of file descriptors, fails for the scraper and does not
  // end the run.
  server.on('error', () => {});
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  switch (code) {
    case 'EADDRINUSE':
      return 'another process listens there';
    case 'EACCES':
      return 'this user may not listen there';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this machine has no such address';
    default:
      return `the system answers ${code}`;
  }
}

function boundTo(server: Server): { readonly url: string; readonly address: string } {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('The server has no port.');
  const { address, family, port } = bound;
  return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`, address };
}

function plainText(status: number, body: string, headers: MetricsPage['headers'] = {}): MetricsPage {
  return { status, contentType: 'text/plain; charset=utf-8', body, headers };
}
