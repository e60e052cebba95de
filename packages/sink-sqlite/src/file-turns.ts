import { realpathSync } from 'node:fs';
import { createSemaphore, type Semaphore } from '@dbsync/core/sink-kit';
import type { Dialect, Driver } from 'kysely';

/** The turn at a file, and the number of connections of this process that take it. */
interface Turn {
  readonly semaphore: Semaphore;
  connections: number;
}

/** By the path of the file without links. */
const turns = new Map<string, Turn>();
const NEVER = new AbortController().signal;

/**
 * Lets the connections of this process use the file one after the other. A statement that waits for a lock stops the whole thread,
 * and a connection of the same process needs that thread to commit: without turns the one would wait for its whole limit, and
 * fail. Several campaigns in one process are such connections.
 */
export function inTurns(dialect: Dialect, file: string): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => takingTurns(dialect.createDriver(), realpathSync(file)),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

function takingTurns(driver: Driver, path: string): Driver {
  const turn = turns.get(path) ?? { semaphore: createSemaphore(1), connections: 0 };
  turns.set(path, turn);
  turn.connections += 1;
  const [acquire, release, destroy] = [
    driver.acquireConnection.bind(driver),
    driver.releaseConnection.bind(driver),
    driver.destroy.bind(driver),
  ];
  driver.acquireConnection = async (options) => {
    // Kysely gives back what comes after an abort; after a rejection it would let no other call of this connection in.
    await turn.semaphore.enter(NEVER);
    return acquire(options);
  };
  driver.releaseConnection = async (connection, options) => {
    turn.semaphore.leave();
    await release(connection, options);
  };
  driver.destroy = async (options) => {
    turn.connections -= 1;
    if (turn.connections === 0) turns.delete(path);
    await destroy(options);
  };
  return driver;
}
