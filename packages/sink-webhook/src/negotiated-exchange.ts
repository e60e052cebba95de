import { unlessAborted } from '@dbsync/core/sink-kit';
import { withDeadline } from './deadline.js';
import { dial } from './dial.js';
import type { Dialling } from './dialling.js';
import type { Delivery, Exchange } from './exchange.js';
import type { Http1Exchange } from './http1-exchange.js';
import { createHttp2Exchange, type Http2Exchange, needsHttp1, wasNotProcessed } from './http2-exchange.js';

/** The exchange that both sides agreed on, in the shape of HTTP/2. */
type Agreement = Http2Exchange;

/**
 * Creates an exchange: HTTP/2 with a receiver that offers it, else HTTP/1.1. They agree before the first delivery, when
 * a connection has ended, and after each delivery without an answer: the receiver may be another one by then.
 *
 * @param http1 belongs to the exchange from now on
 */
export function createNegotiatedExchange(
  url: URL,
  dialling: Dialling,
  { http1, timeoutMs }: { readonly http1: Http1Exchange; readonly timeoutMs: number },
): Exchange {
  const closing = new AbortController();
  const overHttp1: Agreement = { send: http1.send, isUsable: true, retire: () => {} };
  let current: Agreement | null = null;
  let pending: Promise<Agreement> | null = null;

  const negotiate = async (): Promise<Agreement> => {
    const protocols = ['h2', 'http/1.1'];
    const socket = await withDeadline(timeoutMs, closing.signal, (signal) => dial(dialling, protocols, signal));
    if ('alpnProtocol' in socket && socket.alpnProtocol === 'h2') {
      return createHttp2Exchange(url, socket, closing.signal);
    }
    http1.adopt(socket);
    return overHttp1;
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
      if (current === agreement) current = needsHttp1(error) ? overHttp1 : null;
      agreement.retire();
      throw error;
    }
  };

  return {
    send: async (delivery, signal) => {
      try {
        return await sendOnce(delivery, signal);
      } catch (error) {
        if (needsHttp1(error)) return await http1.send(delivery, signal);
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
