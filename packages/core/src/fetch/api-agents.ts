import http from 'node:http';
import https from 'node:https';
import { createSecureContext } from 'node:tls';
import { knownAuthorities } from './known-authorities.js';

/** How connections to the API are made. */
export interface ApiConnections {
  readonly apiUrl: string;
  /** An HTTP proxy, with its credentials. Default: none. */
  readonly proxy?: string | null;
  /** Certificates of authorities, in PEM. Default: those of Node.js and of the machine. */
  readonly authorities?: string | null;
}

/** A proxy that takes a connection and then says nothing is given up after this time. */
const TUNNEL_MS = 60_000;

/** Agents that keep connections open. The proxy is Node's own: see docs/adr/0013. */
export function createApiAgents({ apiUrl, proxy, authorities }: ApiConnections): {
  readonly http: http.Agent;
  readonly https: https.Agent;
} {
  const kept = {
    keepAlive: true,
    ...(proxy != null && { timeout: TUNNEL_MS, proxyEnv: { http_proxy: proxy, https_proxy: proxy } }),
  };
  /** Made once: to read a hundred authorities for each connection would cost more than the connection. */
  const secureContext = apiUrl.startsWith('https:')
    ? createSecureContext({ ca: authorities ?? knownAuthorities() })
    : null;
  return {
    http: new http.Agent(kept),
    https: new https.Agent({ ...kept, ...(secureContext !== null && { secureContext }) }),
  };
}
