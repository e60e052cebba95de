import { isUtf8 } from 'node:buffer';
import http from 'node:http';
import https from 'node:https';
import got, { type Got, type Method, RequestError, TimeoutError } from 'got';
import { ApiFault } from './api-fault.js';

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

export interface TransportSettings {
  /** Such as `https://api.dialfire.com`. */
  readonly apiUrl: string;
  readonly campaign: string;
  readonly token: string;
  /** From the first byte sent to the last one received. */
  readonly deadlineMs: number;
  /** Of one answer, unpacked. */
  readonly maxAnswerBytes: number;
}

/** One request, one answer whatever its status, or an {@link ApiFault}. Nothing is repeated or followed here. */
export interface HttpTransport {
  send(request: ApiRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /** Closes idle connections. */
  close(): void;
}

export function createHttpTransport(settings: TransportSettings): HttpTransport {
  const agent = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
  const client = got.extend({
    agent,
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    timeout: { request: settings.deadlineMs },
    headers: { authorization: `Bearer ${settings.token}`, accept: 'application/json', 'user-agent': 'dbsync' },
  });
  return {
    send: (request, signal) => send(client, request, signal, settings),
    close() {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

/** How messages name a request: without the query, which may hold a cursor. */
export function nameOf(request: ApiRequest): string {
  return `${methodOf(request)} ${request.path}`;
}

async function send(client: Got, request: ApiRequest, signal: AbortSignal, settings: TransportSettings) {
  signal.throwIfAborted();
  const options = { method: methodOf(request), ...(request.body && { json: request.body }) };
  const stream = client.stream(urlOf(settings, request), options);
  stream.on('error', ignoreLateErrors);
  const stop = () => stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > settings.maxAnswerBytes) throw tooLarge(request, settings);
      chunks.push(chunk);
    }
    signal.throwIfAborted();
    const { statusCode: status = 0, headers } = stream.response ?? {};
    return {
      status,
      date: headers?.date,
      retryAfter: headers?.['retry-after'],
      contentType: headers?.['content-type'],
      text: decode(Buffer.concat(chunks), request),
      bytes,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ApiFault ? error : unreachable(error, request, settings);
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
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

/** A new error, with a code of the system at most: got's own holds the request with its headers. */
function unreachable(error: unknown, request: ApiRequest, { apiUrl, deadlineMs }: TransportSettings): ApiFault {
  const code = error instanceof RequestError ? error.code : 'unknown';
  const what = error instanceof TimeoutError ? `gave no complete answer within ${deadlineMs} ms` : `failed (${code})`;
  return new ApiFault('API_UNREACHABLE', `${nameOf(request)} at ${URL.parse(apiUrl)?.host} ${what}.`);
}
