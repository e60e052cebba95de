import type { Socket } from 'node:net';
import type { Answer } from './answer.js';
import { dial } from './dial.js';
import type { Dialling } from './dialling.js';
import type { Delivery, Exchange } from './exchange.js';
import { createHttp1Connection, type Http1Connection, requestHeadOf, wasStale } from './http1-connection.js';
import { createStarvation } from './starvation.js';

/** HTTP/1.1, over connections that are kept for the next delivery. */
export interface Http1Exchange extends Exchange {
  /** Takes over a connection that has agreed on HTTP/1.1 and carried nothing yet. */
  adopt(socket: Socket): void;
}

/**
 * Creates an exchange. A delivery that meets a stale connection is sent again at once over a new one, under the same
 * id: a receiver that already had it recognises the id.
 *
 * A receiver that has sent bytes which no delivery asked for gets a new connection for each delivery from then on. The
 * next such bytes may be an answer that comes while a delivery waits for its own, and HTTP/1.1 cannot tell them apart.
 *
 * @param keepAlive false: a new connection for each delivery
 */
export function createHttp1Exchange(url: URL, dialling: Dialling, keepAlive: boolean): Http1Exchange {
  const closing = new AbortController();
  const proxy = dialling.secureContext === null ? (dialling.proxy ?? null) : null;
  const open = new Set<Http1Connection>();
  let idle: readonly Http1Connection[] = [];
  let keeps = keepAlive;
  const closeIdle = () => {
    for (const connection of idle) connection.close();
  };
  const starvation = createStarvation(closeIdle);

  const own = (socket: Socket) => {
    const connection = createHttp1Connection(socket, (bytes) => {
      if (!keeps || isHarmless(bytes)) return;
      keeps = false;
      closeIdle();
    });
    open.add(connection);
    socket.once('close', () => {
      open.delete(connection);
      idle = idle.filter((other) => other !== connection);
    });
    if (closing.signal.aborted) socket.destroy();
    return connection;
  };
  const connect = async (signal: AbortSignal) =>
    own(await dial(dialling, ['http/1.1'], AbortSignal.any([signal, closing.signal])));
  /** Takes the last one first, so that connections which are not needed grow old and end. */
  const takeIdle = () => {
    const connection = idle.findLast(({ isFree }) => isFree);
    idle = idle.filter((other) => other !== connection);
    return connection;
  };
  const sendOver = async (connection: Http1Connection, delivery: Delivery, signal: AbortSignal): Promise<Answer> => {
    try {
      return await connection.send(requestHeadOf(url, delivery, { keepAlive: keeps, proxy }), delivery.body, signal);
    } finally {
      if (keeps && connection.isFree && !starvation.isFelt) idle = [...idle, connection];
      else connection.close();
    }
  };
  return {
    adopt: (socket) => {
      idle = [...idle, own(socket)];
    },
    send: async (delivery, signal) => {
      const kept = takeIdle();
      if (kept?.hasAnswered) {
        try {
          return await sendOver(kept, delivery, signal);
        } catch (error) {
          if (!wasStale(error)) throw error;
        }
      }
      const isNew = kept !== undefined && !kept.hasAnswered;
      return starvation.watch(async () => sendOver(isNew ? kept : await connect(signal), delivery, signal));
    },
    close() {
      closing.abort(new Error('The sink is being closed.'));
      for (const connection of open) connection.close();
    },
  };
}

/**
 * True for bytes that are no answer to a delivery: an extra empty line, or a server's notice that it closes an idle
 * connection.
 */
function isHarmless(bytes: Buffer): boolean {
  return /^\s*(?:$|HTTP\/1\.[01] 408\b)/.test(bytes.toString('latin1', 0, 32));
}
