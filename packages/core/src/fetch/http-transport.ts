import { isUtf8 } from 'node:buffer';
import type { Got, Method, Request } from 'got';
import { type Clock, systemClock } from '../concurrency/clock.js';
import { createWatchdog, type Watchdog } from '../concurrency/watchdog.js';
import { reachDistantServers } from '../network/reach-distant-servers.js';
import { ANSWER_BYTES } from './answer-limits.js';
import { type ApiAgents, closeAgents, createApiAgents } from './api-agents.js';
import { ApiFault } from './api-fault.js';
import { connectionFault } from './connection-fault.js';
import { createHttpClient } from './http-client.js';

/** A request to the API, below the campaign's address. */
export interface ApiRequest {
  /** The path below the campaign, such as `contacts/list`. */
  readonly path: string;
  /** The parameters in this order; a null value is left out. */
  readonly query: Readonly<Record<string, string | number | null>>;
  /** Sent as the JSON body of a POST. */
  readonly body?: readonly string[];
}

/** A whole answer of the API, with any status. */
export interface HttpAnswer {
  readonly status: number;
  readonly date: string | undefined;
  readonly retryAfter: string | undefined;
  readonly contentType: string | undefined;
  readonly text: string;
  /** The bytes of the body, unpacked. */
  readonly bytes: number;
}

/** Limits of one request. */
export interface TransferLimits {
  /** The longest wait for the next byte of an answer, the first byte included. */
  readonly idleMs: number;
  /** The longest time for one answer, so that a server that sends slowly cannot hold a request without end. */
  readonly deadlineMs: number;
  /**
   * The largest number of bytes of one answer, unpacked. A longer answer is aborted at once. Of an answer with a
   * failure status, less is read, and the failure counts.
   */
  readonly maxAnswerBytes: number;
}

/** The limits of one request that differ from the transport's own, and a listener for arriving bytes. */
export interface Transfer extends Partial<TransferLimits> {
  /**
   * Called with the length of each piece of an answer as it arrives. The next piece is read when the promise resolves.
   */
  readonly onBytes?: (bytes: number) => Promise<void> | undefined;
}

/** The address, the campaign, the token and the limits of all requests. */
export interface TransportSettings extends TransferLimits {
  /** The address of the API, such as `https://api.dialfire.com`. */
  readonly apiUrl: string;
  readonly campaign: string;
  readonly token: string;
  /** An HTTP proxy, with its credentials. Default: none. */
  readonly proxy?: string | null;
  /** Certificates of authorities, in PEM. Default: those of Node.js and of the machine. */
  readonly authorities?: string | null;
  /** The clock for the limits. Default: the machine's own time. */
  readonly clock?: Clock;
  /** Agents that others use too, and that stay open. Default: its own. */
  readonly agents?: ApiAgents | null;
}

/**
 * Sends one request and returns one answer with any status, or throws an {@link ApiFault}, with `isTimeout` if a time
 * limit was exceeded. It repeats no request and follows no redirect.
 */
export interface HttpTransport {
  /**
   * Sends one request.
   *
   * @param transfer a transport that receives answers whole may ignore it, except `idleMs`
   */
  send(request: ApiRequest, signal: AbortSignal, transfer?: Transfer): Promise<HttpAnswer>;
  /** Closes idle connections. */
  close(): void;
}

/**
 * Gateways in front of an API add cookies and policies. The 16 kB of Node.js are less than curl and browsers accept.
 */
const MAX_HEADER_BYTES = 128 * 1024;

/** Creates the way to the API over HTTP, with connections that are kept open. */
export function createHttpTransport(settings: TransportSettings): HttpTransport {
  reachDistantServers();
  const agents = settings.agents ?? createApiAgents(settings);
  const client = createHttpClient({
    agent: agents,
    maxHeaderSize: MAX_HEADER_BYTES,
    headers: { authorization: `Bearer ${settings.token}`, accept: 'application/json', 'user-agent': 'dbsync' },
  });
  return {
    async send(request, signal, transfer = {}) {
      const maxAnswerBytes = Math.min(settings.maxAnswerBytes, transfer.maxAnswerBytes ?? Number.POSITIVE_INFINITY);
      return send(await client, request, signal, { ...settings, ...transfer, maxAnswerBytes });
    },
    close() {
      if (agents !== settings.agents) closeAgents(agents);
    },
  };
}

/** Returns the name of a request for messages, without the query, since that may hold a cursor. */
export function nameOf(request: ApiRequest): string {
  return `${methodOf(request)} ${request.path}`;
}

async function send(client: Got, request: ApiRequest, signal: AbortSignal, settings: TransportSettings & Transfer) {
  signal.throwIfAborted();
  const options = { method: methodOf(request), ...(request.body && { json: request.body }) };
  const stream = client.stream(urlOf(settings, request), options);
  stream.on('error', ignoreLateErrors);
  const watchdog = createWatchdog(settings.clock ?? systemClock, {
    idleMs: settings.idleMs,
    totalMs: settings.deadlineMs,
  });
  const ends = AbortSignal.any([signal, watchdog.signal]);
  const stop = () => stream.destroy();
  ends.addEventListener('abort', stop, { once: true });
  try {
    const body = await receive(stream, request, { watchdog, ends, settings });
    ends.throwIfAborted();
    const { statusCode: status = 0, headers } = stream.response ?? {};
    return {
      status,
      date: headers?.date,
      retryAfter: headers?.['retry-after'],
      contentType: headers?.['content-type'],
      text: isSuccess(status) ? decode(body, request) : body.toString('utf8'),
      bytes: body.length,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ApiFault) throw error;
    throw watchdog.complaint === null
      ? connectionFault(error, whereOf(request, settings), settings.proxy ?? null)
      : late(watchdog.complaint, request, settings);
  } finally {
    watchdog.end();
    ends.removeEventListener('abort', stop);
    stream.destroy();
  }
}

interface Reception {
  readonly watchdog: Watchdog;
  readonly ends: AbortSignal;
  readonly settings: TransportSettings & Transfer;
}

async function receive(stream: Request, request: ApiRequest, { watchdog, ends, settings }: Reception): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    watchdog.progress();
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES.failure && !isSuccess(stream.response?.statusCode ?? 0)) break;
    if (bytes > settings.maxAnswerBytes) throw tooLarge(request, settings);
    chunks.push(chunk);
    const hold = settings.onBytes?.(chunk.length);
    if (hold) await watchdog.pauseFor(orAborted(hold, ends));
  }
  return Buffer.concat(chunks);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** Resolves when the promise does, or when the signal aborts. */
function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => aborted.resolve(), { once: true });
  if (signal.aborted) aborted.resolve();
  return Promise.race([promise, aborted.promise]);
}

/**
 * Ignores errors of the stream. The loop over the stream throws them; an error after the loop has ended has no effect.
 */
function ignoreLateErrors(): void {}

function methodOf(request: ApiRequest): Method {
  return request.body ? 'POST' : 'GET';
}

function urlOf({ apiUrl, campaign }: TransportSettings, { path, query }: ApiRequest): string {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    value === null ? [] : `${name}=${encodeURIComponent(value)}`,
  );
  const search = parameters.length > 0 ? `?${parameters.join('&')}` : '';
  return `${apiUrl.replace(/\/+$/, '')}/api/campaigns/${encodeURIComponent(campaign)}/${path}${search}`;
}

function decode(body: Buffer, request: ApiRequest): string {
  if (!isUtf8(body)) throw new ApiFault('API_ANSWER_INVALID', `${nameOf(request)} answered bytes that are no UTF-8.`);
  return body.toString('utf8').replace(/^\ufeff/, '');
}

function tooLarge(request: ApiRequest, { maxAnswerBytes }: TransportSettings): ApiFault {
  return new ApiFault('API_ANSWER_TOO_LARGE', `${nameOf(request)} answered more than ${maxAnswerBytes} bytes.`);
}

function late(complaint: string, request: ApiRequest, settings: TransportSettings): ApiFault {
  return new ApiFault('API_UNREACHABLE', `${whereOf(request, settings)} ${complaint}.`, { isTimeout: true });
}

function whereOf(request: ApiRequest, { apiUrl }: TransportSettings): string {
  return `${nameOf(request)} at ${URL.parse(apiUrl)?.host}`;
}
