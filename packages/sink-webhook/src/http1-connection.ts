import type { Socket } from 'node:net';
import { type Answer, PATIENCE_MS } from './answer.js';
import { createAnswerReader } from './answer-reader.js';
import type { Delivery } from './exchange.js';
import { HttpFault } from './http-fault.js';
import { proxyHeaders } from './proxy-dial.js';

/** HTTP/1.1 over one connection, one exchange after the other. */
export interface Http1Connection {
  /** True while it can take a delivery: no exchange is under way, and the last one left it clean. */
  readonly isFree: boolean;
  readonly hasAnswered: boolean;
  /**
   * Sends a request. Rejects with the signal's reason once it aborts, unless the status has come: then that is the
   * answer.
   */
  send(requestHead: string, body: Buffer, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

interface ExchangeUnderWay {
  /** Writes the request. Bytes that come earlier answer something else, and break the connection. */
  write(requestHead: string, body: Buffer): void;
  take(bytes: Buffer): void;
  fail(reason: unknown): void;
}

/**
 * The longest idle time. A connection that is idle for longer may be dead without notice, behind a gateway that forgot
 * it.
 */
const IDLE_MS = 60_000;

/**
 * Creates a connection.
 * @param socket belongs to the connection from now on; it is broken as soon as it brings a byte that no delivery asked
 * for
 * @param onUnasked called with such bytes, sometimes with none
 */
export function createHttp1Connection(socket: Socket, onUnasked: (bytes: Buffer) => void): Http1Connection {
  let current: ExchangeUnderWay | null = null;
  let hasAnswered = false;
  socket.setTimeout(IDLE_MS);
  socket.on('timeout', () => current === null && socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    if (current !== null) return current.take(bytes);
    onUnasked(bytes);
    socket.destroy();
  });
  socket.on('error', (error) => current?.fail(error));
  for (const event of ['end', 'close']) socket.on(event, () => current?.fail(lost()));

  const begin = (resolve: (answer: Answer) => void, reject: (reason: unknown) => void): ExchangeUnderWay => {
    const reader = createAnswerReader();
    let patience: NodeJS.Timeout | undefined;
    let isWritten = false;
    const end = () => {
      clearTimeout(patience);
      current = null;
    };
    /** Breaks the connection. A status that has come is the answer, with as much of its body. */
    const fail = (reason: unknown) => {
      end();
      socket.destroy();
      if (reader.head === null) reject(reason);
      else resolve(reader.answerOf(reader.head));
    };
    /**
     * Ends the exchange one turn of the event loop later, so that bytes right after the answer are noticed before the
     * next delivery.
     */
    const finish = () => {
      if (current !== own) return;
      const { head } = reader;
      onUnasked(reader.leftOver);
      const keptMs = keepAliveMsOf(head?.headers.get('keep-alive'));
      if (head === null || !reader.keepsConnection || socket.writableLength > 0 || keptMs === 0) return fail(lost());
      end();
      hasAnswered = true;
      socket.setTimeout(keptMs);
      resolve(reader.answerOf(head));
    };
    const own: ExchangeUnderWay = {
      fail,
      write: (requestHead, body) => {
        if (current !== own) return;
        isWritten = true;
        write(socket, requestHead, body);
      },
      take: (bytes) => {
        if (!isWritten) {
          onUnasked(bytes);
          return fail(lost());
        }
        try {
          reader.push(bytes);
        } catch (error) {
          return fail(error);
        }
        if (reader.isComplete) setImmediate(finish);
        else if (reader.head !== null) patience ??= setTimeout(() => fail(lost()), PATIENCE_MS);
      },
    };
    return own;
  };

  return {
    get isFree() {
      return current === null && socket.writable;
    },
    get hasAnswered() {
      return hasAnswered;
    },
    send: (requestHead, body, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const own = begin(resolve, reject);
      const stop = () => own === current && own.fail(signal.reason);
      current = own;
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      else if (socket.destroyed) own.fail(lost());
      else if (hasAnswered) afterPoll(() => own.write(requestHead, body));
      else own.write(requestHead, body);
      return promise.finally(() => signal.removeEventListener('abort', stop));
    },
    close: () => socket.destroy(),
  };
}

/**
 * Calls back when everything that the system has received by now has been read. The first immediate ends the current
 * phase of the event loop; the second one comes after a whole phase of reading.
 */
function afterPoll(callback: () => void): void {
  setImmediate(() => setImmediate(callback));
}

/** Up to this size one copy costs less than a second piece, which systems and TLS send as a separate packet. */
const ONE_PIECE_BYTES = 64 * 1024;

function write(socket: Socket, requestHead: string, body: Buffer): void {
  if (body.length < ONE_PIECE_BYTES) {
    socket.write(Buffer.concat([Buffer.from(requestHead, 'latin1'), body]));
    return;
  }
  socket.cork();
  socket.write(requestHead, 'latin1');
  socket.write(body);
  socket.uncork();
}

/**
 * True for an error that is no fault of the receiver, over a connection that has answered before: it was closed while
 * it was idle and the delivery crossed that, or it brought bytes that were left over from the answer before.
 */
export function wasStale(error: unknown): boolean {
  if (error instanceof HttpFault) return true;
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/**
 * Returns the request line and the headers. They hold no line breaks: the URL and the options were checked for that.
 *
 * @param way.proxy the URL of the proxy that gets the request for the receiver; null: the receiver itself gets it
 */
export function requestHeadOf(
  url: URL,
  { headers }: Delivery,
  { keepAlive, proxy }: { readonly keepAlive: boolean; readonly proxy: string | null },
): string {
  const lines = Object.entries({ ...headers, ...proxyHeaders(proxy) }).map(([name, value]) => `${name}: ${value}`);
  const requestTarget = `${proxy === null ? '' : url.origin}${url.pathname}${url.search}`;
  const first = [`POST ${requestTarget} HTTP/1.1`, `host: ${url.host}`];
  return [...first, ...lines, `connection: ${keepAlive ? 'keep-alive' : 'close'}`, '', ''].join('\r\n');
}

/** A delivery in the last second before the receiver closes an idle connection may cross that. */
const MARGIN_MS = 1_000;

/** Returns how long the receiver keeps the connection while it is idle, by `Keep-Alive`. */
function keepAliveMsOf(value: string | undefined): number {
  const [, seconds] = /(?:^|[\s,;])timeout\s*=\s*(\d{1,9})/i.exec(value ?? '') ?? [];
  return seconds === undefined ? IDLE_MS : Math.min(IDLE_MS, Math.max(0, Number(seconds) * 1000 - MARGIN_MS));
}

function lost(): Error {
  return Object.assign(new Error('The connection was closed.'), { code: 'ECONNRESET' });
}
