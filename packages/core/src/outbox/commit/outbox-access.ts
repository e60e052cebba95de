import { createSemaphore } from '../../concurrency/semaphore.js';
import { createYield, type Yield } from '../../concurrency/yield.js';
import type { CallOptions, SinkNotice } from '../../contract/index.js';
import { DbsyncError } from '../../errors/dbsync-error.js';
import { type OpenFileWatch, watchOpenFile } from '../../network/open-file-watch.js';
import { calledOff, moved, toOutboxError } from '../file/outbox-errors.js';
import { putBackStateFile } from '../file/put-back-state-file.js';
import type { Ballast } from '../file/reserve-file.js';
import { lookAtStateFile, openStateFile, refuseOlderFile } from '../file/state-file.js';
import type { Keeping } from '../rows/attempt-log.js';
import type { BeatClock } from '../rows/beat-clock.js';
import { type OutboxRows, openRows } from '../rows/outbox-rows.js';

/**
 * The one connection to the file. Pieces of work use it one after the other, so none sees an unfinished transaction of
 * another. All errors are classified, and a commit that threw leaves nothing in the file.
 */
export interface OutboxAccess {
  open(ready: (rows: OutboxRows) => void, options: CallOptions): Promise<void>;
  /**
   * Opens the file again if the open file is no longer the one under its name; a file that was removed is put back
   * first. Call it before a claim, since everything known from the former file is no longer valid then.
   */
  look(options: CallOptions): Promise<void>;
  close(): Promise<void>;
  /** Reads committed data. */
  read<T>(work: (rows: OutboxRows, yieldNow: Yield) => T | Promise<T>, options: CallOptions): Promise<T>;
  /**
   * Commits work that adds data to the file. It needs the ballast in its place; if the disk is full, the ballast is
   * deleted (R30).
   */
  commitMore<T>(work: Work<T>, options: CallOptions): Promise<T>;
  /** Commits work that takes no more room than it frees. If the disk is full, it uses the room of the ballast (R30). */
  commit<T>(work: Work<T>, options: CallOptions): Promise<T>;
}

/** Runs in its own transaction, which holds the only right to write to the file. */
export type Work<T> = (rows: OutboxRows, yieldNow: Yield) => T | Promise<T>;

export interface AccessOptions {
  readonly file: string;
  readonly opens: OpenMode;
  readonly ballast: Ballast;
  readonly keeping: Keeping;
  readonly clock: BeatClock;
  readonly notify: (notice: SinkNotice) => void;
}

/** `look`: read-only; else the treatment of a missing file. */
export type OpenMode = 'create' | 'refuse' | 'look';

export function createOutboxAccess({ file, opens, ballast, keeping, clock, notify }: AccessOptions): OutboxAccess {
  const semaphore = createSemaphore(1);
  let held: HeldFile | null = null;

  const opened = (): OutboxRows => {
    if (held === null) throw new DbsyncError('SINK_MISUSED', 'The outbox was used before open, or after close.');
    const how = held.watch.moved();
    if (how !== null) throw moved(file, how);
    return held.rows;
  };

  const oneAtATime = async <T>(work: () => Promise<T>, { signal }: CallOptions): Promise<T> => {
    try {
      return await semaphore.run(work, signal);
    } catch (error) {
      if (error instanceof DbsyncError) throw error;
      throw signal.aborted && error === signal.reason ? calledOff(error) : toOutboxError(error, file);
    }
  };

  /** Runs the work. If the disk was full and nothing was committed, deletes the ballast and runs the work once more. */
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
      oneAtATime(async () => {
        const open = () => openFile(file, opens, { keeping, clock, ready });
        held = opens === 'look' ? open() : await orInBallast(open);
      }, options),
    look: (options) =>
      oneAtATime(async () => {
        if (held === null) return;
        const how = held.watch.moved();
        if (how === null) return;
        held.watch.removeLeftLog();
        const { rows, how: opening } = held;
        if (how === 'removed') await orInBallast(() => putBackStateFile(rows.db, file));
        held = openFile(file, 'refuse', opening);
        rows.db.close();
        notify({ level: 'warn', code: 'OUTBOX_MOVED', message: moved(file, how).message });
      }, options),
    close: () =>
      oneAtATime(async () => {
        if (held === null) return;
        const { rows, watch } = held;
        held = null;
        try {
          if (opens === 'look') return;
          const how = watch.moved();
          if (how !== null) watch.removeLeftLog();
          if (how === 'removed') await putBackStateFile(rows.db, file);
        } finally {
          rows.db.close();
        }
      }, NEVER),
    read: (work, options) => oneAtATime(async () => work(opened(), createYield(options.signal)), options),
    commitMore: (work, options) =>
      oneAtATime(async () => {
        const open = opened();
        await ballast.restore(options);
        try {
          return await inTransaction(open, work, options);
        } catch (error) {
          if (toOutboxError(error, file).code === 'OUTBOX_FULL') ballast.release();
          throw error;
        }
      }, options),
    commit: (work, options) => oneAtATime(() => orInBallast(() => inTransaction(opened(), work, options)), options),
  };
}

/** An open file. */
interface HeldFile {
  readonly rows: OutboxRows;
  readonly watch: OpenFileWatch;
  readonly how: Opening;
}

interface Opening extends Pick<AccessOptions, 'keeping' | 'clock'> {
  readonly ready: (rows: OutboxRows) => void;
}

function openFile(file: string, opens: OpenMode, how: Opening): HeldFile {
  const db = opens === 'look' ? lookAtStateFile(file) : openStateFile(file, opens);
  try {
    if (opens === 'look') refuseOlderFile(db, file);
    const rows = openRows(db, how.keeping, how.clock);
    how.ready(rows);
    return { rows, watch: watchOpenFile(file), how };
  } catch (error) {
    db.close();
    throw error;
  }
}

const NEVER: CallOptions = { signal: new AbortController().signal };

async function inTransaction<T>(rows: OutboxRows, work: Work<T>, { signal }: CallOptions): Promise<T> {
  const { db } = rows;
  signal.throwIfAborted();
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = await work(rows, createYield(signal));
    db.exec('COMMIT');
    rows.streams.ended(true);
    return result;
  } catch (error) {
    rows.streams.ended(false);
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
