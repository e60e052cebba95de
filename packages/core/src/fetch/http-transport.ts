import { isUtf8 } from 'node:buffer';
import got, { type Got, type Method, type Request } from 'got';
import { type Clock, systemClock } from '../concurrency/clock.js';
import { createWatchdog, type Watchdog } from '../concurrency/watchdog.js';
import { reachDistantServers } from '../network/reach-distant-servers.js';
import { ANSWER_BYTES } from './answer-limits.js';
import { createApiAgents } from './api-agents.js';
import { ApiFault } from './api-fault.js';
import { connectionFault } from './connection-fault.js';

/** A request to the API, below the campaign. */
export interface ApiRequest {
  /** Below the campaign, such as `contacts/list`. */
  readonly path: string;
  /** In this order; null: left out. */
  readonly query: Readonly<Record<string, string | number | null>>;
  /** Sent as the JSON body of a POST. */
  readonly body?: readonly string[];
}

/** A whole answer of the API, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly date: string | undefined;
  readonly retryAfter: string | undefined;
  readonly contentType: string | undefined;
  readonly text: string;
  /** Of the body, unpacked. */
  readonly bytes: number;
}

/** Limits of one request. */
export interface TransferLimits {
  /** Longest wait for the next byte of an answer, the first one included. */
  readonly idleMs: number;
  /** Longest time for one answer, so that a server which drips cannot hold a request for ever. */
  readonly deadlineMs: number;
  /** Most bytes of one answer, unpacked: an answer with more is called off at once. Of a failure less is read, and it counts. */
  readonly maxAnswerBytes: number;
}

/** How one request is carried: other limits than the transport's own, and a listener to what arrives. */
export interface Transfer extends Partial<TransferLimits> {
  /** Called with the length of each piece of an answer as it arrives; the next one is read when the promise resolves. */
  readonly onBytes?: (bytes: number) => Promise<void> | undefined;
}

/** Where requests go, in whose name, and within which limits. */
export interface TransportSettings extends TransferLimits {
  /** Such as `https://api.dialfire.com`. */
  readonly apiUrl: string;
  readonly campaign: string;
  readonly token: string;
  /** An HTTP proxy, with its credentials. Default: none. */
  readonly proxy?: string | null;
  /** Certificates of authorities, in PEM. Default: those of Node.js and of the machine. */
  readonly authorities?: string | null;
  /** Counts the limits. Default: the machine's own time. */
  readonly clock?: Clock;
}

/**
 * One request, one answer whatever its status, or an {@link ApiFault}, with `isTimeout` where a limit of time was passed.
 * Nothing is repeated or followed here.
 */
export interface HttpTransport {
  /** @param transfer a transport that receives answers whole may ignore it, but for `idleMs` */
  send(request: ApiRequest, signal: AbortSignal, transfer?: Transfer): Promise<HttpAnswer>;
  /** Closes idle connections. */
  close(): void;
}

/** Gateways in front of an API add cookies and policies: Node's own 16 kB are fewer than curl and browsers take. */
const MAX_HEADER_BYTES = 128 * 1024;

/** The way to the API over HTTP, with connections that are kept open. */
export function createHttpTransport(settings: TransportSettings): HttpTransport {
  reachDistantServers();
  const agents = createApiAgents(settings);
  const client = got.extend({
    agent: agents,
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    headers: { authorization: `Bearer ${settings.token}`, accept: 'application/json', 'user-agent': 'dbsync' },
  });
  return {
    send(request, signal, transfer = {}) {
      const maxAnswerBytes = Math.min(settings.maxAnswerBytes, transfer.maxAnswerBytes ?? Number.POSITIVE_INFINITY);
      return send(client, request, signal, { ...settings, ...transfer, maxAnswerBytes });
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** How messages name a request: without the query, which may hold a cursor. */
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

/** The loop over the stream throws its errors; one that comes after the loop has been left concerns nobody. */
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
