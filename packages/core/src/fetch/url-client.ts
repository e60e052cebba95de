import type { Request } from 'got';
import { type Clock, systemClock } from '../concurrency/clock.js';
import { TooLate, withDeadline } from '../concurrency/deadline.js';
import { reachDistantServers } from '../network/reach-distant-servers.js';
import { createApiAgents } from './api-agents.js';
import { createHttpClient } from './http-client.js';

/** Calls one URL of an operator's choice, such as that of a chat. Only the status of an answer is read. */
export interface UrlClient {
  /**
   * Sends one request, which takes ten seconds at most. It is not repeated, and no redirect is followed.
   *
   * @throws an error whose message shows no more of the URL than its host
   */
  send(request: UrlRequest, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** A request to that URL. */
export interface UrlRequest {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const DEADLINE_MS = 10_000;

/** @param proxy an HTTP proxy with its credentials; null: none */
export function createUrlClient(url: string, proxy: string | null, clock: Clock = systemClock): UrlClient {
  reachDistantServers();
  const agents = createApiAgents({ apiUrl: url, proxy });
  const client = createHttpClient({ agent: agents, headers: { 'user-agent': 'dbsync' } });
  const host = URL.parse(url)?.host ?? 'the host';
  return {
    async send({ method, headers = {}, body }, signal) {
      const options = { method, headers, ...(body !== undefined && { body }) };
      const status = await withDeadline(clock, DEADLINE_MS, signal, async ({ signal: ends }) =>
        statusOf((await client).stream(url, options), ends),
      ).catch((error: unknown) => {
        signal.throwIfAborted();
        throw new Error(`${host} ${reasonOf(error)}`);
      });
      if (status < 200 || status > 299) throw new Error(`${host} answered ${status}`);
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** Waits for the head of the answer, and leaves the body unread. */
async function statusOf(stream: Request, signal: AbortSignal): Promise<number> {
  const answer = Promise.withResolvers<number>();
  const stop = () => answer.reject(signal.reason);
  stream.on('error', answer.reject);
  stream.on('response', ({ statusCode }: { readonly statusCode: number }) => answer.resolve(statusCode));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await answer.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}

/** Names the error by its code: messages of the client hold the whole URL. */
function reasonOf(error: unknown): string {
  if (error instanceof TooLate) return `gave no answer within ${DEADLINE_MS / 1000} s`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return `cannot be reached (${code})`;
}
