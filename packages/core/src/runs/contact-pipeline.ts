import type { Clock } from '../concurrency/clock.js';
import type { ContactLanes } from '../concurrency/contact-lanes.js';
import { createLinger } from '../concurrency/linger.js';
import { createTaskGroup, type TaskGroup } from '../concurrency/task-group.js';
import type { ContactTree, DeadLetter, StoreLimits, WriteResult } from '../contract/index.js';
import type { ContactRequest } from '../discover/contact-request.js';
import type { LaggingBodies } from '../discover/lagging-bodies.js';
import type { WantedContacts } from '../discover/wanted-contacts.js';
import type { BatchWriter } from '../emit/batch-writer.js';
import { type BatchBuilder, type ContactBatch, createBatchBuilder } from '../emit/batches.js';
import type { RequestOptions } from '../fetch/api-caller.js';
import type { ApiClient } from '../fetch/api-client.js';
import type { FetchedContact } from '../fetch/contact-fetcher.js';
import type { Observer, StreamPart } from '../observe/run-events.js';
import type { RunTally } from '../observe/run-totals.js';
import { type DeadLetterContext, newDeadLetter } from '../records/new-dead-letter.js';
import type { TransactionFilter } from '../records/transaction-filter.js';
import { toContactRecord } from '../transform/contact-record.js';
import { type ContactRequests, createHeldRequests } from './held-requests.js';

/**
 * The longest time for which a contact waits until its batch is full, so it never waits for a slow contact behind it
 * (R6).
 */
const LINGER_MS = 5_000;

/**
 * Moves contacts through fetch -> transform -> emit: bodies are requested, become trees, and are committed in batches
 * while the next are on their way. A slow store slows the requests.
 */
export interface ContactPipeline {
  /**
   * Resolves when each contact has been committed, as rows or as a dead letter, or is named in the result. A contact
   * that failed lately becomes a dead letter at once, unless `insist` is set. A contact that another part is trying
   * again at this moment counts as missing, so that no cycle waits for it (R6).
   */
  move(requests: ContactRequests, options: MoveOptions): Promise<MoveResult>;
}

/** The contacts that must be asked for again ({@link WantedContacts}). */
export interface MoveResult {
  /** Contacts of which the API gave no body. */
  readonly missing: ReadonlySet<string>;
  /** Contacts whose body is older than the rows, and was not written; or whose body does not show the change. */
  readonly lagging: ReadonlySet<string>;
}

export interface MoveOptions {
  readonly part: StreamPart;
  /** The highest possible number of contacts, for progress bars; null: unknown. */
  readonly of: number | null;
  /** True: also asks for contacts that failed lately, each alone. */
  readonly insist?: boolean;
  readonly onAnswered?: RequestOptions['onAnswered'];
}

export interface PipelineOptions {
  readonly api: ApiClient;
  readonly limits: StoreLimits;
  readonly clock: Clock;
  readonly writer: BatchWriter;
  readonly lanes: ContactLanes;
  readonly wanted: WantedContacts;
  readonly bodies: LaggingBodies;
  readonly filter: TransactionFilter;
  readonly deadLetters: DeadLetterContext;
  readonly tally: RunTally;
  readonly observe: Observer;
  /** Called when contacts changed below the md5 that their rows were proved with (R8). */
  readonly onUnreliableMd5: (contactIds: readonly string[]) => Promise<void>;
  readonly stop: AbortSignal;
  readonly halt: AbortSignal;
}

export function createContactPipeline(options: PipelineOptions): ContactPipeline {
  const { lanes, stop } = options;
  return {
    async move(requests, move) {
      const result = { committed: 0, missing: new Set<string>(), lagging: new Set<string>() };
      let waiting = requests;
      for (;;) {
        const busy: ContactRequest[] = [];
        await createPass(options, move, result).run(waiting, busy);
        if (busy.length === 0) return result;
        const busyIds = busy.map(({ id }) => id);
        await lanes.anyFree(busyIds, stop);
        waiting = busy;
      }
    },
  };
}

interface Pass {
  /**
   * Moves all contacts whose lane is free, and adds the others to `busy`. After a failed write the outcome for its
   * contacts is unknown: their lanes stay held for the rest of the session, which ends with it (R9, R11).
   */
  run(requests: ContactRequests, busy: ContactRequest[]): Promise<void>;
}

function createPass(
  options: PipelineOptions,
  { part, of, insist = false, onAnswered }: MoveOptions,
  result: { committed: number; readonly missing: Set<string>; readonly lagging: Set<string> },
): Pass {
  const { api, limits, clock, writer, lanes, wanted, bodies, filter, deadLetters, tally, observe } = options;
  const held = createHeldRequests(lanes);
  const builder: BatchBuilder = createBatchBuilder(limits);
  const writes: TaskGroup = createTaskGroup(limits.concurrentWrites);

  const askLater = (request: ContactRequest) => {
    wanted.missing(request);
    result.missing.add(request.id);
  };

  const moveToDeadLetters = (id: string, letter: DeadLetter) => {
    wanted.leaveToRetries(id);
    return builder.addDeadLetter(id, letter);
  };

  const accept = (fetched: FetchedContact): ContactBatch | null => {
    const request = held.of(fetched.id);
    switch (fetched.kind) {
      case 'body': {
        tally.fetched(1);
        const record = toContactRecord(fetched.id, fetched.body, { ...deadLetters, filter });
        if (record.kind === 'dead-letter') return moveToDeadLetters(fetched.id, record.deadLetter);
        const { tree } = record;
        if (!bodies.setAside(request, tree.md5)) return builder.addContact(tree, fetched.bytes);
        result.lagging.add(fetched.id);
        held.release(fetched.id);
        return null;
      }
      case 'missing':
        askLater(request);
        held.release(fetched.id);
        return null;
      case 'failed':
        return moveToDeadLetters(fetched.id, fetchDeadLetter(fetched, request.md5, deadLetters));
    }
  };

  const settle = (contacts: readonly ContactTree[], { changedUnderSameMd5 }: WriteResult) => {
    const changed = new Set(changedUnderSameMd5);
    for (const { contactId, md5 } of contacts) {
      const lags = bodies.committed(held.of(contactId), md5, changed.has(contactId));
      if (lags) result.lagging.add(contactId);
    }
  };

  const commit = async (batch: ContactBatch): Promise<void> => {
    const written = await writer.write({ contacts: batch.contacts, deadLetters: batch.deadLetters });
    settle(batch.contacts, written);
    for (const contactId of batch.contactIds) held.release(contactId);
    result.committed += batch.contactIds.length;
    observe({ type: 'progress', part, done: result.committed, of, batch: written, totals: tally.totals });
    if (written.changedUnderSameMd5.length > 0) await options.onUnreliableMd5(written.changedUnderSameMd5);
  };

  /** Commits the gathered contacts. A write that fails throws where all writes end. */
  const commitGathered = async () => {
    const batch = builder.take();
    if (batch) await writes.add(() => commit(batch)).catch(ignoreFailure);
  };
  const linger = createLinger(clock, LINGER_MS, commitGathered);

  return {
    async run(requests, busy) {
      const onBusy = (request: ContactRequest) => {
        if (insist || !api.isSuspect(request.id)) busy.push(request);
        else askLater(request);
      };
      try {
        const call = { signal: options.stop, insist, onAnswered };
        for await (const fetched of api.contactBodies(held.take(requests, onBusy), call)) {
          const full = accept(fetched);
          if (full) await writes.add(() => commit(full));
          else linger.request();
        }
      } finally {
        await linger.end();
        try {
          const rest = builder.take();
          if (rest && !options.halt.aborted) await writes.add(() => commit(rest));
        } finally {
          await writes.done();
        }
        held.releaseAll();
      }
    },
  };
}

function fetchDeadLetter(
  { id, code, reason }: Extract<FetchedContact, { kind: 'failed' }>,
  md5: string | null,
  context: DeadLetterContext,
): DeadLetter {
  return newDeadLetter(context, { kind: 'fetch', identity: id, contactId: id, md5, code, reason, record: undefined });
}

function ignoreFailure(): void {}
