import net from 'node:net';
import tls from 'node:tls';
import { type Dialling, tlsOptions } from './dialling.js';
import { dialThroughProxy } from './proxy-dial.js';

/** Opens a new connection, encrypted where the receiver is. Rejects with the signal's reason once it aborts. */
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
  const address = { host, port, noDelay: true, ...(lookup && { lookup }) };
  if (secureContext === null) return net.connect(address);
  return tls.connect({ ...address, ...tlsOptions(host, secureContext, protocols) });
}
