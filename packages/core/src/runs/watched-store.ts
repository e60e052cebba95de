import { TooLate } from '../concurrency/deadline.js';
import type { StoreTrouble } from '../concurrency/store-trouble.js';
import {
  type Batch,
  type BulkLoading,
  type CallOptions,
  type Claim,
  type DeadLetter,
  isSinkError,
  type StoreSink,
} from '../contract/index.js';
import { isDbsyncError } from '../errors/dbsync-error.js';
import type { DeliveryQueue } from '../outbox/faces/delivery-queue.js';
import { deadLetterKey } from '../records/new-dead-letter.js';

/** Returns the store with each failure and success reported to `trouble`; errors of the sink are thrown on. */
export function watchStore(store: StoreSink, trouble: StoreTrouble): StoreSink {
  const watched = watching(trouble);
  return {
    ...store,
    open: (options) => watched(['open'], options, () => store.open(options), false),
    declareFields: (fields, options) => watched(['declareFields'], options, () => store.declareFields(fields, options)),
    claim: (stream, plan, options) => watched(['claim'], options, () => store.claim(stream, plan, options), false),
    renew: (held, options) => watched(['renew'], options, () => store.renew(held, options), false),
    readState: (stream, options) => watched(['readState'], options, () => store.readState(stream, options), false),
    readVersions: async (held, ids, options) => {
      const versions = await watched(['readVersions'], options, () => store.readVersions(held, ids, options));
      // A known version is stored: a write of unknown outcome has committed, or another claim wrote the contact.
      trouble.succeeded(Array.from(versions.keys(), contactWork), true);
      return versions;
    },
    write: async (batch, held, options) => {
      const result = await watched(workOf(batch, held), options, () => store.write(batch, held, options));
      // No work waits for a record that became a dead letter. Each batch has the progress: one of progress alone does not come
      // again while contacts change all the time.
      trouble.succeeded([...batch.deadLetters.map(letterWork), PROGRESS_WORK], true);
      return result;
    },
    listDeadLetters: (stream, options) =>
      watched(['listDeadLetters'], options, () => store.listDeadLetters(stream, options)),
    takeRequests: (held, options) => watched(['takeRequests'], options, () => store.takeRequests(held, options)),
    ...(store.bulk && { bulk: watchBulk(store.bulk, watched) }),
  };
}

function watchBulk(bulk: BulkLoading, watched: ReturnType<typeof watching>): BulkLoading {
  return {
    begin: (held, options) => watched(['bulk.begin'], options, () => bulk.begin(held, options)),
    finish: (held, options) => watched(['bulk.finish'], options, () => bulk.finish(held, options)),
  };
}

/** Returns the queue of deliveries, watched in the same way. */
export function watchQueue(queue: DeliveryQueue, trouble: StoreTrouble): DeliveryQueue {
  const watched = watching(trouble);
  return {
    take: (claim, options) => watched(['take'], options, () => queue.take(claim, options)),
    settle: (claim, outcomes, options) => watched(['settle'], options, () => queue.settle(claim, outcomes, options)),
    replay: (claim, key, options) => watched(['replay'], options, () => queue.replay(claim, key, options)),
    backlog: (options) => watched(['backlog'], options, () => queue.backlog(options)),
    clockSet: (claim, byMs, options) => watched(['clockSet'], options, () => queue.clockSet(claim, byMs, options)),
    obey: (claim, options) => watched(['obey'], options, () => queue.obey(claim, options)),
    hasAccepted: (options) => watched(['hasAccepted'], options, () => queue.hasAccepted(options)),
  };
}

function watching(trouble: StoreTrouble) {
  return async <T>(
    work: readonly string[],
    { signal }: CallOptions,
    call: () => Promise<T>,
    isWork = true,
  ): Promise<T> => {
    try {
      const result = await call();
      trouble.succeeded(work, isWork);
      return result;
    } catch (error) {
      if (isAnswer(error)) trouble.succeeded(work, false);
      else if (isFailure(error, signal)) trouble.failed(work, error);
      throw error;
    }
  };
}

/** True where the store reports that these rows never fit: they become dead letters, and no work waits for them. */
function isAnswer(error: unknown): boolean {
  return isSinkError(error) && error.verdict === 'refused';
}

/** False where the error ends the run by itself, and where dbsync ended the call without a deadline. */
function isFailure(error: unknown, signal: AbortSignal): boolean {
  if (isDbsyncError(error) || (isSinkError(error) && error.verdict === 'fatal')) return false;
  return !signal.aborted || signal.reason instanceof TooLate;
}

/** The name of a batch without records. */
const PROGRESS_WORK = 'write';

/** Returns names of the work by record: in the next session another batch brings it. */
function workOf({ contacts, inboundCalls }: Batch, { stream }: Claim): string[] {
  const work = [
    ...contacts.map(({ contactId }) => contactWork(contactId)),
    ...inboundCalls.map(({ id }) => callWork(deadLetterKey(stream, 'inbound-call', id))),
  ];
  return work.length === 0 ? [PROGRESS_WORK] : work;
}

function letterWork({ contactId, key }: DeadLetter): string {
  return contactId === null ? callWork(key) : contactWork(contactId);
}

/** Names a call by the key of its dead letter, since a letter does not have the id of its call. */
function callWork(key: string): string {
  return `call ${key}`;
}

function contactWork(contactId: string): string {
  return `contact ${contactId}`;
}
