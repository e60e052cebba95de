import type { Backoff } from '../concurrency/backoff.js';
import type { Clock } from '../concurrency/clock.js';
import { withDeadline } from '../concurrency/deadline.js';
import { repeatCall } from '../concurrency/repeat.js';
import { createSemaphore, type Semaphore } from '../concurrency/semaphore.js';
import {
  type Batch,
  type Claim,
  isSinkError,
  type SinkError,
  type StoreSink,
  type WriteResult,
} from '../contract/index.js';
import { isDbsyncError } from '../errors/dbsync-error.js';
import type { DeadLetterContext } from '../records/new-dead-letter.js';
import { ClaimLost } from './claim-lost.js';
import { createFailingAlone } from './failing-alone.js';
import { writeIsolating } from './refused-contacts.js';
import { isUnexplained, writeApart } from './unwritable-records.js';

const WRITE_BACKOFF: Backoff = { firstMs: 50, maxMs: 5_000 };
/**
 * No batch takes this long. After this time the connection counts as lost, and it is unknown whether the batch
 * committed.
 */
const WRITE_MS = 15 * 60_000;
/** A batch is written in parts after every third failure with an error that the sink does not know. */
const UNEXPLAINED_FAILURES = 3;

/**
 * Writes to the store while a claim holds; all records go through it. Batches are written in parallel within the
 * store's limits, and repeated if that is safe.
 */
export interface BatchWriter {
  /**
   * Commits the batch. Contacts that the store refuses become dead letters. Throws {@link ClaimLost} if another process
   * has taken over the stream, or if it is unknown whether the batch committed. Throws the store's own error if that is
   * fatal.
   */
  write(batch: Partial<Batch>): Promise<WriteResult>;
  /**
   * Reports which contacts have dead letters. If such a contact fails again, it becomes a dead letter at once, even if
   * no other contact is written meanwhile.
   */
  mayFail(contactIds: Iterable<string>): void;
}

export interface BatchWriterOptions {
  readonly store: StoreSink;
  readonly claim: Claim;
  readonly clock: Clock;
  /** Measures how long a write takes. */
  readonly storeClock: Clock;
  /** Held while a write is under way. */
  readonly gate: Semaphore;
  readonly deadLetters: DeadLetterContext;
  readonly signal: AbortSignal;
  /** Called at once when a write has failed for good, since no caller may be waiting for it at that moment. */
  readonly onFailure: (error: unknown) => void;
  readonly onRetry: (error: SinkError) => void;
  /** Called after each commit. A batch of which the store refuses a part takes several commits. */
  readonly onWritten: (batch: Batch, result: WriteResult) => void;
}

export function createBatchWriter(options: BatchWriterOptions): BatchWriter {
  const { store, claim, clock, storeClock, gate, deadLetters, signal, onFailure, onRetry, onWritten } = options;
  const places = createSemaphore(store.limits.concurrentWrites);

  const send = async (batch: Batch) => {
    try {
      return await withDeadline(storeClock, WRITE_MS, signal, (call) => store.write(batch, claim, call));
    } catch (error) {
      throw isDecided(error) ? error : new ClaimLost(error);
    }
  };

  const failing = createFailingAlone(clock);

  const writeOnce = async (batch: Batch) => {
    const result = await send(batch);
    failing.committed(batch);
    onWritten(batch, result);
    return result;
  };

  const writeOnceOrApart = (): ((batch: Batch) => Promise<WriteResult>) => {
    let failures = 0;
    let failsAlone: ReturnType<typeof failing.follow> | undefined;
    return async (batch) => {
      try {
        return await writeOnce(batch);
      } catch (error) {
        if (!isUnexplained(error)) throw error;
        failures += 1;
        failsAlone ??= failing.follow();
        const hasRecords = batch.contacts.length + batch.inboundCalls.length > 0;
        if (!hasRecords || failures % UNEXPLAINED_FAILURES !== 0) throw error;
        const result = await writeApart(batch, { write: writeOnce, deadLetters, failsAlone });
        if (result === null) throw error;
        return result;
      }
    };
  };

  const writeRepeating = (batch: Batch): Promise<WriteResult> => {
    const write = writeOnceOrApart();
    const mayRepeat = ({ verdict }: SinkError) => verdict === 'retryable';
    return repeatCall(() => write(batch), { clock, backoff: WRITE_BACKOFF, signal, mayRepeat, onRetry });
  };

  return {
    mayFail: failing.mayFail,
    async write(part) {
      const batch = { ...EMPTY_BATCH, ...part };
      try {
        return await places.run(
          () => gate.run(() => writeIsolating(batch, writeRepeating, deadLetters), signal),
          signal,
        );
      } catch (error) {
        onFailure(error);
        throw error;
      }
    },
  };
}

const EMPTY_BATCH: Batch = { contacts: [], inboundCalls: [], deadLetters: [], settled: [] };

/**
 * Returns whether the outcome is decided: nothing was committed and the claim still holds, or the error is one that no
 * new claim can help.
 */
function isDecided(error: unknown): boolean {
  if (isDbsyncError(error)) return true;
  if (!isSinkError(error) || error.verdict === 'fenced') return false;
  if (error.verdict === 'fatal') return true;
  return error.outcome === 'not-committed' && !error.connectionLost;
}
