import type { Observer } from '@dbsync/core';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Counts deliveries that a receiver refused for good, and shows whether an operator has paused them. */
export function createControlMetrics(registry: Registry): Observer {
  const registers = [registry];
  const refused = new Counter({
    name: 'dbsync_deliveries_refused_total',
    help: 'Messages that the receiver refused for good: dead letters at once.',
    registers,
  });
  const paused = new Gauge({
    name: 'dbsync_deliveries_paused',
    help: '1: an operator has paused deliveries.',
    registers,
  });
  return (event) => {
    if (event.type === 'dead-letter' && event.code === 'DELIVERY_REFUSED') refused.inc();
    if (event.type === 'cycle') paused.set(event.deliveries?.state === 'paused' ? 1 : 0);
  };
}
