import type { SinkShare } from '@dbsync/core/contract';

/** Returns what the sinks of one process share, as `dbsync run --config` gives it to them. */
export function sinkShare(maxConnections = 16): SinkShare {
  const kept = new Map<string, object>();
  return {
    maxConnections,
    of<T extends object>(key: string, create: () => T): T {
      const thing = (kept.get(key) as T | undefined) ?? create();
      kept.set(key, thing);
      return thing;
    },
  };
}
