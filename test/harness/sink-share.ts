import { createRunShare } from '@dbsync/core';
import type { SinkShare } from '@dbsync/core/contract';

/** Returns what the sinks of one process share, as `dbsync run --config` gives it to them. */
export function sinkShare(maxConnections = 16): SinkShare {
  const { sinks } = createRunShare({ requests: 1, connections: { most: maxConnections, isChosen: true } });
  if (sinks === null) throw new TypeError('The runs share no connections');
  return sinks;
}
