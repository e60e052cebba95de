import type { SecureContext } from 'node:tls';
import type { Answer } from './answer.js';
import type { Delivery, Exchange } from './exchange.js';

/** Exchanges that follow each other, as certificates are renewed. */
export interface RenewedExchange {
  /** Sends over connections that were made with this context; null: plain HTTP. */
  send(context: SecureContext | null, delivery: Delivery, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

interface Generation {
  readonly context: SecureContext | null;
  readonly exchange: Exchange;
  underWay: number;
}

/**
 * Creates the exchanges. A new context begins a new exchange; the former one is closed when its last delivery has
 * ended.
 */
export function createRenewedExchange(create: (context: SecureContext | null) => Exchange): RenewedExchange {
  const open = new Set<Generation>();
  let current: Generation | null = null;

  const closeIfIdle = (generation: Generation) => {
    if (generation === current || generation.underWay > 0) return;
    open.delete(generation);
    generation.exchange.close();
  };
  const follow = (context: SecureContext | null): Generation => {
    if (current?.context === context) return current;
    const former = current;
    current = { context, exchange: create(context), underWay: 0 };
    open.add(current);
    if (former !== null) closeIfIdle(former);
    return current;
  };
  return {
    send: async (context, delivery, signal) => {
      const generation = follow(context);
      generation.underWay += 1;
      try {
        return await generation.exchange.send(delivery, signal);
      } finally {
        generation.underWay -= 1;
        closeIfIdle(generation);
      }
    },
    close() {
      for (const { exchange } of open) exchange.close();
      open.clear();
    },
  };
}
