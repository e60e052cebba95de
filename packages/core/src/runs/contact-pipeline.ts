import type { Clock } from '../concurrency/clock.js';
import type { ContactLanes } from '../concurrency/contact-lanes.js';
import { createLinger } from '../concurrency/linger.js';
import { createTaskGroup, type TaskGroup } from '../concurrency/task-group.js';
import type { StoreLimits } from '../contract/index.js';
import type { ListedContact } from '../discover/listed-contacts.js';
import type { MissingContacts } from '../discover/missing-contacts.js';
import type { BatchWriter } from '../emit/batch-writer.js';
import { type BatchBuilder, type ContactBatch, createBatchBuilder } from '../emit/batches.js';
import type { ApiClient } from '../fetch/api-client.js';
import type { FetchedContact } from '../fetch/contact-fetcher.js';
import { type DeadLetterContext, newDeadLetter } from '../new-dead-letter.js';
import type { Observer, StreamPart } from '../observe/run-events.js';
import type { RunTally } from '../observe/run-totals.js';
import type { TransactionFilter } from '../transaction-filter.js';
import { contactToTree } from '../transform/contact-to-tree.js';

/** A contact whose batch is not full waits for so long at most: it never waits for a slow one behind it (R6). */
const LINGER_MS = 5_000;

/**
 * The way of a contact, fetch -> transform -> emit: bodies are asked for, become trees, and are committed in batches while
 * the next are on their way. A slow store slows the requests.
 */
export interface ContactPipeline {
  /**
   * Resolves when each wish has been committed, as rows or as a dead letter, or its contact was missing; answers those that
   * the API gave no body for. A contact that failed lately becomes a dead letter at once, unless `insist` is set; where a
   * retry of it is under way it is answered as missing, so that no cycle waits for it (R6).
   */
  move(wishes: Wishes, options: MoveOptions): Promise<ReadonlySet<string>>;
}

export type Wishes = Iterable<ListedContact> | AsyncIterable<ListedContact>;

export interface MoveOptions {
  readonly part: StreamPart;
  /** How many wishes there are at most, for progress bars; null: unknown. */
  readonly of: number | null;
  /** Asks for contacts too that failed lately, each alone. */
  readonly insist?: boolean;
}

export interface PipelineOptions {
  readonly api: ApiClient;
  readonly limits: StoreLimits;
  readonly clock: Clock;
  readonly writer: BatchWriter;
  readonly lanes: ContactLanes;
  readonly missing: MissingContacts;
  readonly filter: TransactionFilter;
  readonly deadLetters: DeadLetterContext;
  readonly tally: RunTally;
  readonly observe: Observer;
  /** A contact changed below the md5 that its rows were proved with (R8). */
  readonly onUnreliableMd5: (contactIds: readonly string[]) => Promise<void>;
  readonly stop: AbortSignal;
  readonly halt: AbortSignal;
}

export function createContactPipeline(options: PipelineOptions): ContactPipeline {
  const { lanes, stop } = options;
  return {
    async move(wishes, move) {
      const result = { committed: 0, missing: new Set<string>() };
      let waiting = wishes;
      for (;;) {
        const busy: ListedContact[] = [];
        await createPass(options, move, result).run(waiting, busy);
        if (busy.length === 0) return result.missing;
        const busyIds = busy.map(({ id }) => id);
        await lanes.anyFree(busyIds, stop);
        waiting = busy;
      }
    },
  };
}

interface Pass {
  /**
   * Moves all wishes whose lane is free; the others are added to `busy`. After a failed write nobody knows what became of
   * its contacts: their lanes stay held for the rest of the session, which ends with it (R9, R11).
   */
  run(wishes: Wishes, busy: ListedContact[]): Promise<void>;
}

function createPass(
  options: PipelineOptions,
  { part, of, insist = false }: MoveOptions,
  result: { committed: number; readonly missing: Set<string> },
): Pass {
  const { api, limits, clock, writer, lanes, missing, filter, deadLetters, tally, observe } = options;
  /** The wishes whose lanes this pass holds. */
  const held = new Map<string, ListedContact>();
  const builder: BatchBuilder = createBatchBuilder(limits);
  const writes: TaskGroup = createTaskGroup(limits.concurrentWrites);

  const release = (contactId: string) => {
    if (held.delete(contactId)) lanes.release(contactId);
  };

  async function* freeWishes(wishes: Wishes, busy: ListedContact[]) {
    for await (const wish of wishes) {
      if (!lanes.tryHold(wish.id)) {
        if (insist || !api.isSuspect(wish.id)) busy.push(wish);
        else setAside(wish.id);
        continue;
      }
      held.set(wish.id, wish);
      yield wish.id;
    }
  }

  /** It is asked for again in a minute (R5). */
  const setAside = (contactId: string) => {
    missing.add(contactId);
    result.missing.add(contactId);
  };

  const accept = (fetched: FetchedContact): ContactBatch | null => {
    switch (fetched.kind) {
      case 'body':
        missing.found(fetched.id);
        tally.fetched(1);
        return builder.addContact(contactToTree(fetched.body, { ...deadLetters, filter }), fetched.bytes);
      case 'missing':
        setAside(fetched.id);
        release(fetched.id);
        return null;
      case 'failed':
        return builder.addDeadLetter(fetched.id, fetchDeadLetter(fetched, held.get(fetched.id)?.md5 ?? null));
    }
  };

  const fetchDeadLetter = ({ id, code, reason }: { id: string; code: string; reason: string }, md5: string | null) =>
    newDeadLetter(deadLetters, { kind: 'fetch', identity: id, contactId: id, md5, code, reason, record: undefined });

  const commit = async (batch: ContactBatch): Promise<void> => {
    const written = await writer.write({ contacts: batch.contacts, deadLetters: batch.deadLetters });
    for (const contactId of batch.contactIds) release(contactId);
    result.committed += batch.contactIds.length;
    observe({ type: 'progress', part, done: result.committed, of, batch: written, totals: tally.totals });
    if (written.changedUnderSameMd5.length > 0) await options.onUnreliableMd5(written.changedUnderSameMd5);
  };

  /** A write that fails is thrown where all writes end. */
  const commitGathered = async () => {
    const batch = builder.take();
    if (batch) await writes.add(() => commit(batch)).catch(ignoreFailure);
  };
  const linger = createLinger(clock, LINGER_MS, commitGathered);

  return {
    async run(wishes, busy) {
      try {
        const call = { signal: options.stop, insist };
        for await (const fetched of api.contactBodies(freeWishes(wishes, busy), call)) {
          const full = accept(fetched);
          if (full) await writes.add(() => commit(full));
          else linger.wish();
        }
      } finally {
        await linger.end();
        try {
          const rest = builder.take();
          if (rest && !options.halt.aborted) await writes.add(() => commit(rest));
        } finally {
          await writes.done();
        }
        for (const contactId of held.keys()) lanes.release(contactId);
      }
    },
  };
}

function ignoreFailure(): void {}
