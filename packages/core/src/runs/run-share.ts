import { createFairShare } from '../concurrency/fair-share.js';
import { type ApiConnections, createSharedAgents } from '../fetch/api-agents.js';
import type { SharedRequests } from '../fetch/api-client.js';

/**
 * The things that the runs of one process share: connections to the API, and places for requests. Each run always has one place for pages
 * and one for contacts of its own, so an API that hangs for one campaign never delays another one.
 */
export interface RunShare {
  /** Returns the part of one more run. */
  join(connections: ApiConnections): SharedRequests;
  /** Closes idle connections. Call it after all runs have ended. */
  close(): void;
}

/** @param requests the highest number of requests at a time over all runs, beside the own places of each */
export function createRunShare({ requests }: { readonly requests: number }): RunShare {
  const agents = createSharedAgents();
  const pages = createFairShare({ shared: requests, own: 1 });
  const bodies = createFairShare({ shared: requests, own: 1 });
  return {
    join: (connections) => ({
      agents: agents.of(connections),
      places: { pages: pages.join(), bodies: bodies.join() },
    }),
    close: agents.close,
  };
}
