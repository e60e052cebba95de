import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CliError } from '../cli-error.js';
import type { MetricsOptions } from '../options/run-options.js';

/** One answer, made for each request. */
export interface MetricsPage {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Pages by their path. */
export type MetricsPages = ReadonlyMap<string, () => Promise<MetricsPage>>;

/** The server. Disposing of it ends all connections and resolves when the port is free. */
export interface MetricsServer extends AsyncDisposable {
  /** The address, such as `http://127.0.0.1:9464`. */
  readonly url: string;
}

const LIMITS = { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 16_384 };
const MAX_CONNECTIONS = 64;
const NOT_FOUND: MetricsPage = { status: 404, contentType: 'text/plain; charset=utf-8', body: 'Not found\n' };
const BROKEN: MetricsPage = { status: 500, contentType: 'text/plain; charset=utf-8', body: 'Failed\n' };

/**
 * Starts a server that returns the pages for GET and HEAD, and 404 for all else. Throws `CLI_METRICS_PORT` where it
 * cannot listen.
 */
export async function startMetricsServer(options: MetricsOptions, pages: MetricsPages): Promise<MetricsServer> {
  const server = createServer(LIMITS, (request, response) => void answer(request, response, pages));
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options);
  return {
    url: urlOf(server),
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, { host, port }: MetricsOptions): Promise<void> {
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

function urlOf(server: Server): string {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('The server has no port.');
  return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
}

async function answer({ method, url = '' }: IncomingMessage, response: ServerResponse, pages: MetricsPages) {
  const page = method === 'GET' || method === 'HEAD' ? pages.get(url.replace(/\?.*$/s, '')) : undefined;
  const { status, contentType, body } = page === undefined ? NOT_FOUND : await page().catch(() => BROKEN);
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
}
