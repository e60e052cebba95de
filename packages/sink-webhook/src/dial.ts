import net, { type LookupFunction } from 'node:net';
import tls, { type SecureContext } from 'node:tls';
import { dialThroughProxy } from './proxy-dial.js';

/** How connections to the receiver are made. */
export interface Dialling {
  readonly host: string;
  readonly port: number;
  readonly lookup: LookupFunction | undefined;
  /** null: plain HTTP. */
  readonly secureContext: SecureContext | null;
  /** The URL of an HTTP proxy, with its credentials; absent or null: none. */
  readonly proxy?: string | null;
}

/** A connection of its own, encrypted where the receiver is. Rejects with the signal's reason once it aborts. */
export function dial(dialling: Dialling, protocols: readonly string[], signal: AbortSignal): Promise<net.Socket> {
  if (dialling.proxy != null) return dialThroughProxy(dialling, dialling.proxy, protocols, signal);
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connect(dialling, protocols);
    const stop = () => socket.destroy(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    const settle = () => signal.removeEventListener('abort', stop);
    socket.once('error', reject).once('close', settle);
    socket.once('close', () => reject(Object.assign(new Error('It was closed.'), { code: 'ECONNRESET' })));
    socket.once(dialling.secureContext === null ? 'connect' : 'secureConnect', () => {
      settle();
      resolve(socket);
    });
  });
}

function connect({ host, port, lookup, secureContext }: Dialling, protocols: readonly string[]): net.Socket {
  const place = { host, port, noDelay: true, ...(lookup && { lookup }) };
  if (secureContext === null) return net.connect(place);
  const servername = net.isIP(host) === 0 ? host : '';
  return tls.connect({ ...place, secureContext, servername, ALPNProtocols: [...protocols] });
}
