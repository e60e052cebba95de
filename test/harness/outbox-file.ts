import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { createOutbox, type Outbox, type OutboxOptions } from '@dbsync/core';
import type { DeliveryFailure } from '@dbsync/core/cli-kit';
import type { Batch, Claim, ContactTree, Progress, TransactionNode, WriteResult } from '@dbsync/core/contract';
import { md5Of, sampleContact, sampleProgress, sampleTransaction } from '@dbsync/testkit';
import type { Obeyed, Outcome, TakenMessage } from '../../packages/core/src/outbox/faces/delivery-queue.ts';
import { batchOf, claimOf, never } from './sqlite-file.ts';

/** The state file of one test, the outboxes on it, and queries without them. Dispose of it when done. */
export interface OutboxFile extends AsyncDisposable {
  readonly folder: string;
  readonly file: string;
  /** The clock of kept deliveries. */
  readonly clock: { nowMs: number };
  open(options?: Partial<OutboxOptions>): Promise<Outbox>;
  /** Opens one more outbox, which takes the stream over from the one before as after a crash. */
  hold(options?: Partial<OutboxOptions> & { readonly plan?: string }): Promise<HeldOutbox>;
  query(text: string, ...values: readonly SQLInputValue[]): Record<string, SQLOutputValue>[];
  exec(text: string): void;
}

/** An outbox whose stream is held. */
export interface HeldOutbox extends Outbox {
  readonly claim: Claim;
  write(parts: Partial<Batch>): Promise<WriteResult>;
  take(limit?: number, nowMs?: number): Promise<readonly TakenMessage[]>;
  settle(...outcomes: readonly Outcome[]): Promise<void>;
  accept(...messages: readonly { readonly id: string }[]): Promise<void>;
  /** Carries out operators' acts, to the end of one act. */
  obeyOne(): Promise<Obeyed>;
  /** Takes and accepts until nothing is due; returns the taken messages, in order. */
  drain(): Promise<readonly TakenMessage[]>;
}

/** Creates the file. @param create another way to make an outbox, for states that only core itself can see */
export function createOutboxFile(create: (options: OutboxOptions) => Outbox = createOutbox): OutboxFile {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-outbox-'));
  const file = join(folder, 'state.sqlite');
  const clock = { nowMs: Date.UTC(2026, 2, 3) };
  const opened: Outbox[] = [];
  let holder: string | null = null;
  const use = <T>(work: (database: DatabaseSync) => T): T => {
    using database = new DatabaseSync(file);
    return work(database);
  };
  const open: OutboxFile['open'] = async (options) => {
    const outbox = create({ file, now: () => clock.nowMs, ballastBytes: 0, ...options });
    opened.push(outbox);
    await outbox.store.open(never);
    return outbox;
  };
  return {
    folder,
    file,
    clock,
    open,
    async hold({ plan = 'plan', ...options } = {}) {
      const outbox = await open(options);
      const claim = await claimOf(outbox.store, { plan, ...(holder !== null && { takeOverFrom: holder }) });
      holder = claim.holder;
      return heldOutbox(outbox, claim, clock);
    },
    query: (text, ...values) => use((database) => database.prepare(text).all(...values)),
    exec: (text) => use((database) => database.exec(text)),
    [Symbol.asyncDispose]: async () => {
      for (const { store } of opened) await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function heldOutbox(outbox: Outbox, claim: Claim, clock: { readonly nowMs: number }): HeldOutbox {
  const { store, queue } = outbox;
  const held: HeldOutbox = {
    ...outbox,
    claim,
    write: (parts) => store.write(batchOf(parts), claim, never),
    take: (limit = 100, nowMs = clock.nowMs) => queue.take(claim, { limit, nowMs, ...never }),
    settle: (...outcomes) => queue.settle(claim, outcomes, never),
    accept: (...messages) => held.settle(...messages.map(({ id }) => ({ id, outcome: 'accepted' as const }))),
    async obeyOne() {
      let obeyed: Obeyed;
      do obeyed = await queue.obey(claim, never);
      while (obeyed.finished === null);
      return obeyed;
    },
    async drain() {
      const all: TakenMessage[] = [];
      for (let taken = await held.take(); taken.length > 0; taken = await held.take()) {
        await held.accept(...taken);
        all.push(...taken);
      }
      return all;
    },
  };
  return held;
}

/**
 * Makes a contact with one transaction for each of these texts, its status; another text makes another md5 and content.
 */
export function contactWith(contactId: string, ...statuses: readonly string[]): ContactTree {
  return contactOf(
    contactId,
    statuses.map((status, at) => sampleTransaction(contactId, at + 1, { status })),
  );
}

export function contactOf(contactId: string, transactions: readonly TransactionNode[]): ContactTree {
  const md5 = md5Of(JSON.stringify(transactions.map(({ values }) => values)));
  return sampleContact(contactId, { md5, transactions });
}

/** Makes progress. @param since the start of the wanted transactions; null: all */
export function progressSince(since: string | null, eventsUntil: string | null = null): Progress {
  return { ...sampleProgress(1), since, eventsUntil, backfill: null };
}

export function failureAt(atMs: number, reason = 'HTTP 500', answer = 'no'): DeliveryFailure {
  return { atMs, reason, answer };
}

/** Returns the sent messages as `contact:status`. */
export function statusesOf(messages: readonly TakenMessage[]): readonly string[] {
  return messages.map(({ contactId, transaction }) => `${contactId}:${transaction.status}`);
}
