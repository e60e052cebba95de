import { unlessAborted } from '@dbsync/core/sink-kit';
import type { Leave } from './connection-places.js';

/** The open connections to one database, which are lent to the calls of one sink or of several. */
export interface LendableConnections<Client> {
  /** Returns an idle connection, or opens one. It has the settings that dbsync relies on. */
  connect(): Promise<Client>;
  /** Takes a connection back. `ends`: no other call gets it. */
  release(client: Client, ends: boolean): void;
  /** Ends a connection that is in use, and asks the server to end its statement. This is no loss. */
  breakOff(client: Client): void;
  /** Closes all connections, also those in use. */
  close(): Promise<void>;
}

/** A connection that one call of a sink has. */
export interface Loan<Client> {
  readonly client: Client;
  /** Breaks the connection off, and gives it back at once: its place is free although the server has not answered. */
  abandon(): void;
  /** Gives it back. `ends`: no other call gets its session. Has no effect after {@link abandon}. */
  giveBack(ends?: 'ends'): void;
}

/** The connections that one sink has at the moment. */
export interface Lending<Client> {
  /** Lends a connection for a place that the sink has, and takes the place over. Rejects with the signal's reason. */
  lend(leave: Leave, signal: AbortSignal): Promise<Loan<Client>>;
  /** Breaks the connections in use off, and lends none from now on. Resolves when all have come back. */
  breakAll(): Promise<void>;
}

/** @param users gets the sink of each connection that is lent, as the function that hears of its loss */
export function createLending<Client>(
  opened: () => LendableConnections<Client>,
  users: Map<Client, () => void>,
  hear: () => void,
): Lending<Client> {
  const lent = new Map<Client, { readonly returned: Promise<void>; breakOff(): void }>();
  let isClosed = false;

  const loanOf = (connections: LendableConnections<Client>, client: Client, leave: Leave): Loan<Client> => {
    const { promise: returned, resolve } = Promise.withResolvers<void>();
    const breakOff = () => connections.breakOff(client);
    lent.set(client, { returned, breakOff });
    users.set(client, hear);
    let isBack = false;
    const giveBack = (ends?: 'ends') => {
      if (isBack) return;
      isBack = true;
      lent.delete(client);
      users.delete(client);
      connections.release(client, ends !== undefined);
      leave();
      resolve();
    };
    return {
      client,
      giveBack,
      abandon() {
        if (isBack) return;
        breakOff();
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
      const connections = opened();
      const connecting = connections.connect();
      const giveBack = (late: Client) => {
        connections.release(late, false);
        leave();
      };
      connecting.catch(leave);
      const client = await unlessAborted(connecting, signal, giveBack);
      if (isClosed) {
        giveBack(client);
        throw closedError();
      }
      return loanOf(connections, client, leave);
    },
    async breakAll() {
      isClosed = true;
      const ends = [...lent.values()];
      for (const { breakOff } of ends) breakOff();
      await Promise.all(ends.map(({ returned }) => returned));
    },
  };
}

function closedError(): Error {
  return new Error('The pool is closed');
}
