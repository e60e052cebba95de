import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EndpointSink, Verdict } from '@dbsync/core/contract';
import { type DeliveryEnd, deliveryOf, type MemoryInbox } from './memory-inbox.js';

/** A correct endpoint sink that delivers into memory: for tests, and to check the conformance suite itself. */
export function createMemoryEndpoint(inbox: MemoryInbox): EndpointSink {
  return {
    kind: 'endpoint',
    open: async () => {},
    checkHealth: async () => [{ level: 'pass', what: 'Memory takes messages.', remedy: null }],
    close: async () => {},
    deliver: (messages, { signal }) =>
      Promise.all(
        messages.map(async (message): Promise<Verdict> => {
          const delivery = deliveryOf(message);
          await nextTurn(undefined, { signal });
          return verdictOf(inbox.take(delivery));
        }),
      ),
  };
}

/** Returns the verdict for the end of a delivery. */
export function verdictOf(end: DeliveryEnd): Verdict {
  if (end === 'taken') return { verdict: 'accepted' };
  if (end === 'refused') return { verdict: 'refused', reason: 'The inbox refuses it for good.', answer: end };
  if (end === 'down') return { verdict: 'retry', reason: 'The inbox is down.', answer: end, fault: 'target' };
  return { verdict: 'retry', reason: 'The inbox does not take it.', answer: 'not taken', fault: 'message' };
}
