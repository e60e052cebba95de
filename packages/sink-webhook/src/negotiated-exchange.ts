import { unlessAborted, withDeadline } from './deadline.js';
import { type Dialling, dial } from './dial.js';
import type { Delivery, Exchange } from './exchange.js';
import { createHttp1Exchange } from './http1-exchange.js';
import { createHttp2Exchange, type Http2Exchange, wasNotProcessed } from './http2-exchange.js';

/** What the receiver agreed to, HTTP/1.1 looking like the other. */
type Agreement = Http2Exchange;

/**
 * HTTP/2 with a receiver that offers it, else HTTP/1.1. They agree before the first delivery, when a connection has ended,
 * and after each delivery without an answer: the receiver may be another by then.
 */
export function createNegotiatedExchange(url: URL, dialling: Dialling, timeoutMs: number): Exchange {
  const http1 = createHttp1Exchange(url, dialling);
  const closing = new AbortController();
  let current: Agreement | null = null;
  let pending: Promise<Agreement> | null = null;

  const negotiate = async (): Promise<Agreement> => {
    const protocols = ['h2', 'http/1.1'];
    const socket = await withDeadline(timeoutMs, closing.signal, (signal) => dial(dialling, protocols, signal));
    if ('alpnProtocol' in socket && socket.alpnProtocol === 'h2') {
      return createHttp2Exchange(url, socket, closing.signal);
    }
    socket.destroy();
    return { send: http1.send, isUsable: true, retire: () => {} };
  };
  const agree = async (): Promise<Agreement> => {
    if (current?.isUsable) return current;
    pending ??= negotiate().finally(() => {
      pending = null;
    });
    current = await pending;
    return current;
  };
  const sendOnce = async (delivery: Delivery, signal: AbortSignal) => {
    const agreement = await unlessAborted(agree(), signal);
    try {
      return await agreement.send(delivery, signal);
    } catch (error) {
      if (current === agreement) current = null;
      agreement.retire();
      throw error;
    }
  };

  return {
    send: async (delivery, signal) => {
      try {
        return await sendOnce(delivery, signal);
      } catch (error) {
        if (!wasNotProcessed(error)) throw error;
        return await sendOnce(delivery, signal);
      }
    },
    close() {
      http1.close();
      closing.abort(new Error('The sink is being closed.'));
    },
  };
}
