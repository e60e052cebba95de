import { createYield, type Yield } from '../../concurrency/yield.js';
import {
  type Batch,
  type CallOptions,
  type Claim,
  type DeadLetter,
  type WriteResult,
  withoutForgotten,
} from '../../contract/index.js';
import { calledOff } from '../file/outbox-errors.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import { startOf } from '../rows/stream-rows.js';
import type { OutboxAccess } from './outbox-access.js';
import { type QueueContext, queueContact } from './queue-contact.js';
import { type StagedContact, stageContact } from './staged-contact.js';

/** The settings of writes that are not in the batch. */
export interface WriteSettings {
  readonly historySince: string | null;
  readonly now: () => number;
}

/**
 * Commits the batch after checking the claim's fence: messages, ledger, versions, dead letters and progress together.
 * Everything that needs no data of the file is computed before the transaction begins. During it, other work of the
 * process runs in between (R12).
 */
export async function writeBatch(
  access: OutboxAccess,
  settings: WriteSettings,
  batch: Batch,
  claim: Claim,
  options: CallOptions,
): Promise<WriteResult> {
  const staged = await stage(batch, createYield(options.signal)).catch((error: unknown) => {
    throw options.signal.aborted ? calledOff(error) : error;
  });
  const isMore = batch.contacts.length > 0 || batch.deadLetters.length > 0;
  const commit = isMore ? access.commitMore : access.commit;
  return commit((rows, yieldNow) => commitBatch(rows, yieldNow, { batch, staged, claim, settings }), options);
}

async function stage({ contacts }: Batch, yieldNow: Yield): Promise<readonly StagedContact[]> {
  const staged: StagedContact[] = [];
  for (const tree of contacts) {
    staged.push(stageContact(tree));
    await yieldNow();
  }
  return staged;
}

interface StagedBatch {
  readonly batch: Batch;
  readonly staged: readonly StagedContact[];
  readonly claim: Claim;
  readonly settings: WriteSettings;
}

async function commitBatch(
  rows: OutboxRows,
  yieldNow: Yield,
  { batch, staged, claim, settings }: StagedBatch,
): Promise<WriteResult> {
  const { streams } = rows;
  const stream = streams.fence(claim);
  const counts = { inserted: 0, updated: 0, unchanged: 0, bytes: 0, messages: 0, contactQueues: 0 };
  const context: QueueContext = {
    streamNr: stream.nr,
    rules: {
      proof: { plan: claim.plan, start: startOf(stream, batch.progress) },
      planChangedAt: stream.plan_changed_at,
      historySince: settings.historySince,
    },
    nowMs: settings.now(),
    counts,
  };
  const changedUnderSameMd5: string[] = [];
  for (const contact of staged) {
    if (rows.forgotten.has(contact.tree.contactId)) continue;
    if (queueContact(rows, contact, context)) changedUnderSameMd5.push(contact.tree.contactId);
    await yieldNow();
  }
  keepDeadLetters(rows, stream.nr, withoutForgotten(batch, rows.forgotten.has));
  if (batch.progress) streams.setProgress(stream, batch.progress);
  streams.count(stream, counts);
  const { inserted, updated, unchanged, bytes } = counts;
  return { inserted, updated, unchanged, bytes, changedUnderSameMd5 };
}

/**
 * Stores dead letters in three steps: removes those of the written contacts, stores those of the batch, and removes
 * those that the batch settles.
 */
function keepDeadLetters({ deadLetters, requests }: OutboxRows, streamNr: number, batch: Batch): void {
  const carried: DeadLetter[] = [...batch.deadLetters];
  for (const tree of batch.contacts) {
    deadLetters.settleContact(streamNr, tree.contactId, new Set(tree.deadLetters.map(({ key }) => key)));
    for (const letter of tree.deadLetters) carried.push(letter);
  }
  for (const letter of carried) deadLetters.put(streamNr, letter);
  for (const key of batch.settled) {
    deadLetters.remove(streamNr, key);
    requests.remove(streamNr, key);
  }
}
