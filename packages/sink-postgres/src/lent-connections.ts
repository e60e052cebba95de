import { unlessAborted } from '@dbsync/sql';
import type pg from 'pg';
import type { Leave } from './connection-places.js';
import type { PostgresConnections } from './postgres-connection.js';

/** A connection that one call of a sink has. */
export interface Loan {
  readonly client: pg.PoolClient;
  /** Breaks the connection off, and gives it back at once: its place is free although the server has not answered. */
  abandon(): void;
  /** Gives it back. `ends`: no other call gets its session. Has no effect after {@link abandon}. */
  giveBack(ends?: 'ends'): void;
}

/** The connections that one sink has at the moment. */
export interface Lending {
  /** Lends a connection for a place that the sink has, and takes the place over. Rejects with the signal's reason. */
  lend(leave: Leave, signal: AbortSignal): Promise<Loan>;
  /** Breaks the connections in use off, and lends none from now on. Resolves when all have come back. */
  breakAll(): Promise<void>;
}

/** @param users gets the sink of each connection that is lent, as the function that hears of its loss */
export function createLending(
  opened: () => PostgresConnections,
  users: Map<pg.ClientBase, () => void>,
  hear: () => void,
): Lending {
  const lent = new Map<pg.PoolClient, PromiseWithResolvers<void>>();
  let isClosed = false;

  const loanOf = (client: pg.PoolClient, leave: Leave): Loan => {
    const returned = Promise.withResolvers<void>();
    lent.set(client, returned);
    users.set(client, hear);
    let isBack = false;
    const giveBack = (ends?: 'ends') => {
      if (isBack) return;
      isBack = true;
      lent.delete(client);
      users.delete(client);
      client.release(ends !== undefined);
      leave();
      returned.resolve();
    };
    return {
      client,
      giveBack,
      abandon() {
        if (isBack) return;
        opened().breakOff(client);
        giveBack('ends');
      },
    };
  };

  return {
    async lend(leave, signal) {
      if (isClosed) {
        leave();
        throw closedError();
      }
      const connecting = opened().pool.connect();
      const giveBack = (late: pg.PoolClient) => {
        late.release();
        leave();
      };
      connecting.catch(leave);
      const client = await unlessAborted(connecting, giveBack, signal);
      if (isClosed) {
        giveBack(client);
        throw closedError();
      }
      return loanOf(client, leave);
    },
    async breakAll() {
      isClosed = true;
      const returns = Array.from(lent.values(), ({ promise }) => promise);
      for (const client of lent.keys()) opened().breakOff(client);
      await Promise.all(returns);
    },
  };
}

function closedError(): Error {
  return new Error('The pool is closed');
}
