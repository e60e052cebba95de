import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { type Answer, readBeginning } from './answer.js';
import type { Dialling } from './dial.js';
import type { Delivery, Exchange } from './exchange.js';

/** Connections that nobody used for so long may be dead without a word, behind a gateway that forgot them. */
const IDLE_MS = 60_000;

/** HTTP/1.1 over connections that are kept for the next delivery. */
export function createHttp1Exchange(url: URL, { host, port, lookup, secureContext }: Dialling): Exchange {
  const { Agent, request } = secureContext === null ? http : https;
  const kept = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const fresh = new Agent({ keepAlive: false });
  const options: RequestOptions & https.RequestOptions = {
    method: 'POST',
    host,
    port,
    path: `${url.pathname}${url.search}`,
    ...(lookup && { lookup }),
    ...(secureContext !== null && { secureContext, ALPNProtocols: ['http/1.1'] }),
  };
  const post = ({ headers, body }: Delivery, agent: http.Agent, signal: AbortSignal) => {
    const posted = request({ ...options, agent, headers, signal });
    const answer = answerTo(posted);
    posted.end(body);
    return { posted, answer };
  };
  return {
    send: async (delivery, signal) => {
      const { posted, answer } = post(delivery, kept, signal);
      try {
        return await answer;
      } catch (error) {
        if (!wasClosedWhileIdle(posted, error)) throw error;
        return await post(delivery, fresh, signal).answer;
      }
    },
    close() {
      kept.destroy();
      fresh.destroy();
    },
  };
}

function answerTo(posted: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    posted.once('response', (response) => resolve(readAnswer(response)));
    posted.on('error', reject);
  });
}

/**
 * The receiver closed a kept connection that was idle, as all do some time, and the delivery crossed that on its way. It
 * goes out again at once over a new one, under the same id: a receiver that had it all the same knows it by that.
 */
function wasClosedWhileIdle({ reusedSocket }: ClientRequest, error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const { statusCode: status = 0, headers } = response;
  const { date, location, 'retry-after': retryAfter } = headers;
  return { status, date, location, retryAfter, beginning: await readBeginning(response) };
}
