import { createFairShare } from '../concurrency/fair-share.js';
import type { SinkShare } from '../contract/index.js';
import { type ApiConnections, createSharedAgents } from '../fetch/api-agents.js';
import type { SharedRequests } from '../fetch/api-client.js';

/**
 * The things that the runs of one process share: connections to the API and to databases, and places for requests. Each run always has one place for pages
 * and one for contacts of its own, so an API that hangs for one campaign never delays another one.
 */
export interface RunShare {
  /** Returns the part of one more run. */
  join(connections: ApiConnections): SharedRequests;
  /** The things that sinks of the runs share: give it to `loadSink`. Null: they share none. */
  readonly sinks: SinkShare | null;
  /** Closes idle connections. Call it after all runs have ended. */
  close(): void;
}

/** The limits of what runs share. */
export interface RunShareLimits {
  /** The highest number of requests at a time over all runs, beside the own places of each. */
  readonly requests: number;
  /** The connections to one database over all runs. Null: each run has its own. */
  readonly connections: SharedConnections | null;
}

/** The connections to one database that runs share. */
export interface SharedConnections {
  /** The highest number of them. */
  readonly most: number;
  /** True: the operator has chosen the number. False: it is the default, and some sinks share none then. */
  readonly isChosen: boolean;
}

/** Creates what the runs of one process share. */
export function createRunShare({ requests, connections }: RunShareLimits): RunShare {
  const agents = createSharedAgents();
  const pages = createFairShare({ shared: requests, own: 1 });
  const bodies = createFairShare({ shared: requests, own: 1 });
  return {
    sinks: connections === null ? null : createSinkShare(connections),
    join: (to) => ({
      agents: agents.of(to),
      places: { pages: pages.join(), bodies: bodies.join() },
    }),
    close: agents.close,
  };
}

function createSinkShare({ most, isChosen }: SharedConnections): SinkShare {
  const kept = new Map<string, object>();
  return {
    maxConnections: most,
    isChosen,
    of<T extends object>(key: string, create: () => T): T {
      const thing = (kept.get(key) as T | undefined) ?? create();
      kept.set(key, thing);
      return thing;
    },
    forget: (key) => void kept.delete(key),
  };
}
