import type http from 'node:http';
import type https from 'node:https';
import { knownAuthorities } from '../network/known-authorities.js';

/** The settings for connections to the API. */
export interface ApiConnections {
  readonly apiUrl: string;
  /** An HTTP proxy, with its credentials. Default: none. */
  readonly proxy?: string | null;
  /** Certificates of authorities, in PEM. Default: those of Node.js and of the machine. */
  readonly authorities?: string | null;
}

/** Agents that keep connections open. */
export interface ApiAgents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

/** Agents that several runs use: those of the same proxy and authorities share their connections. */
export interface SharedAgents {
  of(connections: ApiConnections): ApiAgents;
  /** Closes idle connections. Call it after all runs have ended. */
  close(): void;
}

export function createSharedAgents(): SharedAgents {
  const known = new Map<string, ApiAgents>();
  return {
    of(connections) {
      const { apiUrl, proxy = null, authorities = null } = connections;
      const key = JSON.stringify([apiUrl.startsWith('https:'), proxy, authorities]);
      const agents = known.get(key) ?? createApiAgents(connections);
      known.set(key, agents);
      return agents;
    },
    close() {
      for (const agents of known.values()) closeAgents(agents);
    },
  };
}

export function closeAgents({ http, https }: ApiAgents): void {
  http.destroy();
  https.destroy();
}

/** dbsync gives up a proxy that takes a connection and then sends nothing for this time. */
const TUNNEL_MS = 60_000;

/**
 * Creates agents that keep connections open. They use the proxy support of Node.js: see docs/adr/0013. The modules of Node.js
 * are loaded here: an import of `node:http` loads `WebSocket` with it, which takes 0.05 s of CPU at the start of each command.
 */
export function createApiAgents({ apiUrl, proxy, authorities }: ApiConnections): ApiAgents {
  const { Agent: HttpAgent } = process.getBuiltinModule('node:http');
  const { Agent: HttpsAgent } = process.getBuiltinModule('node:https');
  const { createSecureContext } = process.getBuiltinModule('node:tls');
  const kept = {
    keepAlive: true,
    ...(proxy != null && { timeout: TUNNEL_MS, proxyEnv: { http_proxy: proxy, https_proxy: proxy } }),
  };
  /** Created once: reading a hundred authorities for each connection would cost more than the connection. */
  const secureContext = apiUrl.startsWith('https:')
    ? createSecureContext({ ca: authorities ?? knownAuthorities() })
    : null;
  return {
    http: new HttpAgent(kept),
    https: new HttpsAgent({ ...kept, ...(secureContext !== null && { secureContext }) }),
  };
}
