import http2, {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import type { Socket } from 'node:net';
import { type Answer, readBeginning } from './answer.js';
import type { Exchange } from './exchange.js';

/** HTTP/2 over one connection. */
export interface Http2Exchange extends Pick<Exchange, 'send'> {
  /** False once the receiver accepts no more over this connection, or it has broken. */
  readonly isUsable: boolean;
  /** Takes no more deliveries. Those under way continue, and the connection ends with the last of them. */
  retire(): void;
}

/**
 * The most headers of an answer. Some gateways add many. By default, Node.js resets the stream of an answer with more
 * than 128, so no status is seen.
 */
const MOST_HEADERS = 8_192;

/**
 * Takes over a connection that has agreed on `h2`, and breaks it when `closing` aborts. Deliveries beyond those that the
 * receiver takes at a time wait here.
 */
export function createHttp2Exchange(url: URL, socket: Socket, closing: AbortSignal): Http2Exchange {
  const session = http2.connect(url.origin, { maxHeaderListPairs: MOST_HEADERS, createConnection: () => socket });
  const end = () => session.destroy();
  let underWay = 0;
  const pings = pingWhileIdle(session, () => underWay === 0);
  closing.addEventListener('abort', end, { once: true });
  session.once('close', () => {
    clearInterval(pings);
    closing.removeEventListener('abort', end);
  });
  /** Every stream under way fails with the session, and its own delivery reports that. */
  session.on('error', end);
  return {
    get isUsable() {
      return !session.closed && !session.destroyed;
    },
    retire: () => session.close(),
    send: async ({ headers, body }, signal) => {
      const head = { ...headers, ':method': 'POST', ':path': `${url.pathname}${url.search}` };
      const stream = session.request(head, { signal });
      underWay++;
      const answer = answerTo(stream, session).finally(() => underWay--);
      stream.end(body);
      return answer;
    },
  };
}

/** Two pings take a minute, after which a gateway may have forgotten the connection. */
const PING_MS = 30_000;

/**
 * Closes a connection whose receiver leaves a ping unanswered while no delivery is under way. A delivery has its own
 * deadline.
 */
function pingWhileIdle(session: ClientHttp2Session, isIdle: () => boolean): NodeJS.Timeout {
  let isUnanswered = false;
  return setInterval(() => {
    if (!isIdle()) return;
    if (isUnanswered) return session.destroy();
    isUnanswered = true;
    session.ping(() => {
      isUnanswered = false;
    });
  }, PING_MS);
}

/** True where the receiver reported that it has not looked at the delivery: it is closing this connection. */
export function wasNotProcessed(error: unknown): boolean {
  return error instanceof Error && 'wasRefused' in error;
}

/** True where the receiver takes this delivery over HTTP/1.1 alone, as some do because of client certificates. */
export function needsHttp1(error: unknown): boolean {
  return error instanceof Error && 'needsHttp1' in error;
}

function answerTo(stream: ClientHttp2Stream, session: ClientHttp2Session): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      const codes = [stream.rstCode, (session as { readonly goawayCode?: number }).goawayCode];
      if (codes.includes(constants.NGHTTP2_HTTP_1_1_REQUIRED))
        return reject(Object.assign(error, { needsHttp1: true }));
      const wasRefused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
      reject(wasRefused ? Object.assign(error, { wasRefused }) : error);
    };
    stream.once('response', (headers) => resolve(readAnswer(headers, stream)));
    stream.on('error', fail);
    stream.once('close', () => fail(Object.assign(new Error('The stream was closed.'), { code: 'ECONNRESET' })));
  });
}

async function readAnswer(
  headers: IncomingHttpHeaders & IncomingHttpStatusHeader,
  stream: ClientHttp2Stream,
): Promise<Answer> {
  const { ':status': status = 0, date, location, 'retry-after': retryAfter } = headers;
  const beginning = await readBeginning(stream, headers['content-encoding']);
  return { status, date, location, retryAfter, beginning };
}
