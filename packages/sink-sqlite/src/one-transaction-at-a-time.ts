import { realpathSync } from 'node:fs';
import { createSemaphore, type Semaphore } from '@dbsync/core/sink-kit';
import type { Dialect, Driver } from 'kysely';

/** The semaphores of files, by the path without links. They stay: a process has few files. */
const semaphores = new Map<string, Semaphore>();
const NEVER = new AbortController().signal;

/**
 * Lets the connections of this process use the file one after the other. A statement that waits for a lock stops the whole thread,
 * and a connection of the same process needs that thread to commit: without the semaphore the one would wait for its whole limit, and
 * fail. Several campaigns in one process are such connections.
 */
export function oneTransactionAtATime(dialect: Dialect, file: string): Dialect {
  const createDriver = dialect.createDriver.bind(dialect);
  dialect.createDriver = () => oneAtATime(createDriver(), realpathSync(file));
  return dialect;
}

function oneAtATime(driver: Driver, path: string): Driver {
  const semaphore = semaphores.get(path) ?? createSemaphore(1);
  semaphores.set(path, semaphore);
  const [acquire, release] = [driver.acquireConnection.bind(driver), driver.releaseConnection.bind(driver)];
  driver.acquireConnection = async (options) => {
    // Kysely gives back what comes after an abort; after a rejection it would let no other call of this connection in.
    await semaphore.enter(NEVER);
    return acquire(options);
  };
  driver.releaseConnection = async (connection, options) => {
    semaphore.leave();
    await release(connection, options);
  };
  return driver;
}
