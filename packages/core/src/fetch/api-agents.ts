import http from 'node:http';
import https from 'node:https';
import { createSecureContext } from 'node:tls';
import { knownAuthorities } from '../network/known-authorities.js';

/** The settings for connections to the API. */
export interface ApiConnections {
  readonly apiUrl: string;
  /** An HTTP proxy, with its credentials. Default: none. */
  readonly proxy?: string | null;
  /** Certificates of authorities, in PEM. Default: those of Node.js and of the machine. */
  readonly authorities?: string | null;
}

/** dbsync gives up a proxy that takes a connection and then sends nothing for this time. */
const TUNNEL_MS = 60_000;

/** Creates agents that keep connections open. They use the proxy support of Node.js: see docs/adr/0013. */
export function createApiAgents({ apiUrl, proxy, authorities }: ApiConnections): {
  readonly http: http.Agent;
  readonly https: https.Agent;
} {
  const kept = {
    keepAlive: true,
    ...(proxy != null && { timeout: TUNNEL_MS, proxyEnv: { http_proxy: proxy, https_proxy: proxy } }),
  };
  /** Created once: reading a hundred authorities for each connection would cost more than the connection. */
  const secureContext = apiUrl.startsWith('https:')
    ? createSecureContext({ ca: authorities ?? knownAuthorities() })
    : null;
  return {
    http: new http.Agent(kept),
    https: new https.Agent({ ...kept, ...(secureContext !== null && { secureContext }) }),
  };
}
