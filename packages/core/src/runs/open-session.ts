import { createContactLanes } from '../concurrency/contact-lanes.js';
import { withDeadline } from '../concurrency/deadline.js';
import type { LearnedDeadlines } from '../concurrency/learned-deadline.js';
import { createReadOrder } from '../concurrency/read-order.js';
import { createSemaphore } from '../concurrency/semaphore.js';
import {
  type Batch,
  type Claim,
  type DeadLetter,
  jsonText,
  type StreamState,
  type WriteResult,
} from '../contract/index.js';
import { createDuplicateCallIds } from '../discover/duplicate-call-ids.js';
import { createEndedCalls } from '../discover/ended-calls.js';
import { createKnownLines } from '../discover/known-lines.js';
import { createLaggingBodies } from '../discover/lagging-bodies.js';
import { createReplacedVersions } from '../discover/replaced-versions.js';
import { createWantedContacts } from '../discover/wanted-contacts.js';
import { NO_PROGRESS } from '../discover/watermark.js';
import { toInstant } from '../discover/window.js';
import { createBatchWriter } from '../emit/batch-writer.js';
import type { UnreadableEntry } from '../fetch/answers.js';
import type { ApiClient } from '../fetch/api-client.js';
import { createRepeatedLetters } from '../observe/repeated-letters.js';
import { deadLettersOf, type RunTally } from '../observe/run-totals.js';
import { type DeadLetterContext, newDeadLetter } from '../records/new-dead-letter.js';
import { createContactPipeline } from './contact-pipeline.js';
import { createMd5Distrust } from './md5-distrust.js';
import { createProgressKeeper } from './progress-keeper.js';
import type { ProgressSeen } from './progress-seen.js';
import type { RunContext, RunSettings } from './run-settings.js';
import type { Session } from './session.js';
import type { StreamStart } from './stream-start.js';

const GATE_PLACES = 1_000;

/** The objects that stay when a claim ends. */
export interface Surroundings {
  readonly settings: RunSettings;
  readonly context: RunContext;
  readonly api: ApiClient;
  readonly deadlines: LearnedDeadlines;
  readonly tally: RunTally;
  readonly progressSeen: ProgressSeen;
  readonly streamStart: StreamStart;
}

/** Reads the state of the stream, and sets up all that holds while the claim does. */
export async function openSession(
  claim: Claim,
  surroundings: Surroundings,
  { stop, halt, abandon }: Pick<Session, 'stop' | 'halt' | 'abandon'>,
): Promise<Session> {
  const { settings, context, api, tally, progressSeen, streamStart } = surroundings;
  const { clock, storeClock, observe } = context;
  const { store } = settings.sink;
  const newSinceMs = streamStart.claimed(clock.monotonic());
  const { state, wasSetBack } = await readState(claim, surroundings, stop);
  const storeGate = createSemaphore(GATE_PLACES);
  const { fields = null } = settings;
  const deadLetters = { stream: claim.stream, now: () => toInstant(clock.now()), fields };
  const writer = createBatchWriter({
    store,
    claim,
    clock,
    storeClock,
    gate: storeGate,
    deadLetters,
    signal: halt,
    onFailure: abandon,
    ...writeReport(surroundings),
  });
  const isNew = state.progress === null;
  const progress = createProgressKeeper(state.progress ?? NO_PROGRESS, writer);
  streamStart.follow(progress);
  const lanes = createContactLanes();
  const memory = createMemory(() => clock.monotonic());
  const { wanted, replaced } = memory;

  const md5Distrust = createMd5Distrust(progress, observe, () => clock.monotonic());
  if (wasSetBack && !isNew) await md5Distrust.doubt();
  // Not before: where the doubt could not be written, the next claim finds the target set back again.
  progressSeen.follow(progress);

  const keepUnreadable = async (entries: readonly UnreadableEntry[]) => {
    await writer.write({ deadLetters: entries.map((entry) => entryDeadLetter(deadLetters, entry)) });
  };

  const pipeline = createContactPipeline({
    api,
    limits: store.limits,
    clock,
    writer,
    lanes,
    wanted,
    bodies: createLaggingBodies(wanted, replaced),
    filter: settings.filter,
    deadLetters,
    tally,
    observe,
    // When everything is fetched again, a changed row shows that another program changed it.
    onUnreliableMd5: settings.again ? async () => {} : md5Distrust.found,
    stop,
    halt,
  });

  return {
    ...surroundings,
    store,
    claim,
    reading: { signal: stop, onUnreadable: keepUnreadable },
    writer,
    deadLetters,
    progress,
    md5Distrust,
    isNew,
    newSinceMs,
    pipeline,
    lanes,
    storeGate,
    ...memory,
    inboundOrder: createReadOrder(),
    observe,
    stop,
    halt,
    abandon,
  };
}

/** Creates the memory of lines, bodies and calls under one claim. */
function createMemory(nowMs: () => number) {
  return {
    knownLines: createKnownLines(),
    wanted: createWantedContacts(nowMs),
    replaced: createReplacedVersions(nowMs),
    endedCalls: createEndedCalls(nowMs),
    duplicateCallIds: createDuplicateCallIds(),
  };
}

/**
 * Reads the state, and reports a store that was set back: it had more progress under an earlier claim of this process.
 */
async function readState(
  claim: Claim,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<{ readonly state: StreamState; readonly wasSetBack: boolean }> {
  const { settings, context, progressSeen } = surroundings;
  const { store } = settings.sink;
  const state = await withDeadline(context.storeClock, claim.leaseMs, signal, (call) =>
    store.readState(claim.stream, call),
  );
  const message = progressSeen.setBack(state.progress);
  if (message !== null) context.observe({ type: 'notice', level: 'warn', code: 'STORE_WENT_BACK', message });
  return { state, wasSetBack: message !== null };
}

function entryDeadLetter(context: DeadLetterContext, { entry, reason }: UnreadableEntry): DeadLetter {
  const record = context.fields?.cleanEntry(entry) ?? entry;
  const failed = { identity: jsonText(record), contactId: null, md5: null, code: 'API_ENTRY_UNREADABLE', reason };
  return newDeadLetter(context, { kind: 'entry', ...failed, record });
}

/** Counts committed rows, and reports dead letters once they are committed. */
function writeReport({ context: { observe }, tally }: Surroundings) {
  const repeated = createRepeatedLetters();
  return {
    onRetry() {
      tally.writeRetried();
    },
    onWritten(batch: Batch, result: WriteResult) {
      tally.written(batch, result);
      const contactIds = batch.contacts.map(({ contactId }) => contactId);
      if (contactIds.length > 0) observe({ type: 'written', contactIds });
      for (const { key, kind, contactId, code, reason } of deadLettersOf(batch)) {
        if (!repeated.isWorthTelling(key)) continue;
        observe({ type: 'dead-letter', kind, contactId, code, reason });
      }
    },
  };
}
