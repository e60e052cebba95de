import { createSemaphore } from '../concurrency/semaphore.js';
import { createTurns, type Turns } from '../concurrency/turns.js';
import type { CallOptions } from '../contract/index.js';
import { DbsyncError } from '../dbsync-error.js';
import type { Ballast } from './ballast.js';
import { calledOff, toOutboxError } from './outbox-errors.js';
import { type OutboxRows, openRows } from './outbox-rows.js';
import { openStateFile } from './state-file.js';

/**
 * The one connection to the file. Pieces of work have it one after the other, so none looks into a transaction that
 * another has not finished. Whatever they throw comes out classified, and nothing of a commit that threw is there.
 */
export interface OutboxAccess {
  open(ready: (rows: OutboxRows) => void, options: CallOptions): Promise<void>;
  close(): Promise<void>;
  /** Looks at what is committed. */
  read<T>(work: (rows: OutboxRows, turns: Turns) => T | Promise<T>, options: CallOptions): Promise<T>;
  /** Adds to what the file holds, so it needs the ballast in its place; on a full disk the ballast is given up (R30). */
  commitMore<T>(work: Work<T>, options: CallOptions): Promise<T>;
  /** Takes no more room than it gives back; on a full disk it goes on in the room of the ballast (R30). */
  commit<T>(work: Work<T>, options: CallOptions): Promise<T>;
}

/** Runs in one transaction of its own, that holds the only right to write to the file. */
export type Work<T> = (rows: OutboxRows, turns: Turns) => T | Promise<T>;

export interface AccessOptions {
  readonly file: string;
  readonly ifMissing: 'create' | 'refuse';
  readonly ballast: Ballast;
}

export function createOutboxAccess({ file, ifMissing, ballast }: AccessOptions): OutboxAccess {
  const turn = createSemaphore(1);
  let rows: OutboxRows | null = null;

  const opened = (): OutboxRows => {
    if (rows === null) throw new DbsyncError('SINK_MISUSED', 'The outbox was used before open, or after close.');
    return rows;
  };

  const inTurn = async <T>(work: () => Promise<T>, { signal }: CallOptions): Promise<T> => {
    try {
      return await turn.run(work, signal);
    } catch (error) {
      if (error instanceof DbsyncError) throw error;
      throw signal.aborted && error === signal.reason ? calledOff(error) : toOutboxError(error, file);
    }
  };

  /** Once more, in the room of the ballast, where the disk was full and nothing was done. */
  const orInBallast = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const { code, outcome } = toOutboxError(error, file);
      if (code !== 'OUTBOX_FULL' || !ballast.release() || outcome !== 'not-committed') throw error;
      return work();
    }
  };

  return {
    open: (ready, options) =>
      inTurn(async () => {
        const db = await orInBallast(() => openStateFile(file, ifMissing));
        try {
          const fresh = openRows(db);
          ready(fresh);
          rows = fresh;
        } catch (error) {
          db.close();
          throw error;
        }
      }, options),
    close: () =>
      inTurn(async () => {
        rows?.db.close();
        rows = null;
      }, NEVER),
    read: (work, options) => inTurn(async () => work(opened(), createTurns(options.signal)), options),
    commitMore: (work, options) =>
      inTurn(async () => {
        const open = opened();
        await ballast.restore(options);
        try {
          return await inTransaction(open, work, options);
        } catch (error) {
          if (toOutboxError(error, file).code === 'OUTBOX_FULL') ballast.release();
          throw error;
        }
      }, options),
    commit: (work, options) => inTurn(() => orInBallast(() => inTransaction(opened(), work, options)), options),
  };
}

const NEVER: CallOptions = { signal: new AbortController().signal };

async function inTransaction<T>(rows: OutboxRows, work: Work<T>, { signal }: CallOptions): Promise<T> {
  const { db } = rows;
  signal.throwIfAborted();
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = await work(rows, createTurns(signal));
    db.exec('COMMIT');
    rows.streams.ended(true);
    return result;
  } catch (error) {
    rows.streams.ended(false);
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
