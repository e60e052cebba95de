import http from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import { type Dialling, tlsOptions } from './dialling.js';

/** Returns the options that make an agent of Node.js use the proxy: see docs/adr/0013. */
export function throughProxy(proxy: string | null | undefined): Pick<http.AgentOptions, 'proxyEnv'> {
  return proxy == null ? {} : { proxyEnv: { http_proxy: proxy, https_proxy: proxy } };
}

/** Returns the credentials for a proxy of a receiver without encryption; in a tunnel Node.js sends them. */
export function proxyHeaders(proxy: string | null): Readonly<Record<string, string>> {
  const { username = '', password = '' } = (proxy === null ? null : URL.parse(proxy)) ?? {};
  if (username === '' && password === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
}

/**
 * Opens a new connection through a tunnel of the proxy, encrypted from here to the receiver. For a receiver without
 * encryption it ends at the proxy. Rejects with the signal's reason once it aborts.
 */
export async function dialThroughProxy(
  { host, port, secureContext }: Pick<Dialling, 'host' | 'port' | 'secureContext'>,
  proxy: string,
  protocols: readonly string[],
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const settle = (error: Error | null, socket: unknown) => {
    if (error === null && socket instanceof net.Socket) resolve(socket);
    else reject(error ?? new Error('The proxy gave no connection.'));
  };
  const first =
    secureContext === null
      ? new http.Agent(throughProxy(proxy)).createConnection({ host, port })
      : new https.Agent(throughProxy(proxy)).createConnection(
          { host, port, ...tlsOptions(host, secureContext, protocols) },
          settle,
        );
  /** True once the connection to the proxy is open, with its encryption. */
  let isReached = false;
  first?.once(URL.parse(proxy)?.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
    isReached = true;
    if (secureContext === null) settle(null, first);
  });
  if (secureContext === null) first?.once('error', reject);
  const stop = () => {
    reject(signal.reason);
    first?.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await promise;
  } catch (error) {
    first?.destroy();
    throw isReached || signal.aborted ? error : ofProxy(error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Marks an error between dbsync and the proxy, such as one about the proxy's certificate. */
function ofProxy(error: unknown): unknown {
  return error instanceof Error ? Object.assign(error, { isOfProxy: true }) : error;
}

/** True where the proxy was not reached. */
export function isOfProxy(error: unknown): boolean {
  return error instanceof Error && 'isOfProxy' in error;
}
