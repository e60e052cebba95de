import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Batch,
  type Claim,
  type ClaimAnswer,
  type ContactTree,
  type ContactVersion,
  type DeadLetter,
  type Field,
  type LeaseHolder,
  type PlannedChanges,
  SinkError,
  type StoreRequest,
  type StoreSink,
  withoutForgotten,
} from '@dbsync/core/contract';
import { createMemoryBulk } from './memory-bulk.js';
import { commitBatch, isWhole } from './memory-commit.js';
import { createMemoryErasure } from './memory-erasure.js';
import { createMemoryExplaining } from './memory-explaining.js';
import { createMemoryIndexing } from './memory-indexing.js';
import { createMemoryMirroring } from './memory-mirroring.js';
import { createMemoryReporting } from './memory-reporting.js';
import { createMemorySummarising } from './memory-summarising.js';
import { type MemoryStream, type MemoryTarget, streamOf } from './memory-target.js';
import { createMemoryVerifying } from './memory-verifying.js';
import { createMemoryViewing } from './memory-viewing.js';

/**
 * A correct store sink in memory, in the shape of an outbox: messages, a ledger of the last queued contents, and the
 * checkpoint change in one commit. It keeps every promise of the contract, so the bad sinks of the conformance tests
 * are made from it. Sinks on one target share only the stored data.
 */
export function createMemoryStore(target: MemoryTarget): StoreSink {
  /** The beats after the last call under each claim: a target with fewer was set back. */
  const beatsSeen = new Map<string, number>();
  const fenceOf = (claim: Claim) => fence(target, claim, beatsSeen);
  const fenced = (claim: Claim, step: () => void) => {
    const lease = fenceOf(claim);
    step();
    lease.renew();
  };
  return {
    kind: 'store',
    limits: { concurrentWrites: 2, batchContacts: 500, batchBytes: 1_000_000 },
    open: async ({ signal }) => signal.throwIfAborted(),
    checkHealth: async () => [{ level: 'pass', what: 'The memory holds.', remedy: null }],
    close: async () => {},

    declareFields: async (fields, { dryRun = false }) => {
      const missing = fields.filter(({ name }) => !target.fields.has(name) && !target.obstructed.has(name));
      if (!dryRun) for (const { name, type } of missing) target.fields.set(name, type);
      return missing.map(({ name }) => ({ table: 'contacts', column: name, change: 'add' as const, to: 'json' }));
    },

    planChanges: async (fields) => plannedChanges(target, fields),

    claim: async (stream, plan, { leaseMs, process, takeOverFrom }): Promise<ClaimAnswer> => {
      const state = streamOf(target, stream);
      const heldBy = holderOf(state);
      if (heldBy !== null && heldBy.holder !== takeOverFrom) return { granted: false, heldBy };
      const claim: Claim = { stream, plan, leaseMs, holder: randomUUID(), epoch: state.epoch + 1n };
      state.epoch = claim.epoch;
      state.lease = { claim, process, endsAt: performance.now() + leaseMs };
      state.beats += 1;
      beatsSeen.set(claim.holder, state.beats);
      return { granted: true, claim };
    },
    renew: async (claim) => fenceOf(claim).renew(),
    release: async (claim) => releaseLease(streamOf(target, claim.stream), claim),

    readState: async (stream) => {
      const state = streamOf(target, stream);
      const { progress } = state;
      const hasForeignRows = progress === null && target.ledger.size > 0;
      const hasLostRows = isEmptied(target, state);
      const isLoading = target.load !== null;
      return { progress, hasForeignRows, hasLostRows, heldBy: holderOf(state), ...(isLoading && { isLoading }) };
    },
    readVersions: async (claim, contactIds, { compareRows = false }) =>
      versionsOf(target, claim, contactIds, compareRows),
    write: async (batch, claim, { signal }) => {
      await staged(batch, signal);
      const lease = fenceOf(claim);
      const kept = withoutForgotten(batch, (contactId) => target.forgotten.has(contactId));
      const result = commitBatch(target, kept, claim);
      lease.renew();
      return result;
    },

    listDeadLetters: async (stream, options) => lettersOf(streamOf(target, stream), options),

    postRequest: async (stream, request) => {
      const { requests } = streamOf(target, stream);
      requests.delete(request.key);
      requests.set(request.key, request);
    },
    takeRequests: async (claim, part) => {
      fenceOf(claim);
      return partOf([...streamOf(target, claim.stream).requests.values()], part);
    },
    erasure: createMemoryErasure(target),
    mirroring: createMemoryMirroring(target, fenced),
    bulk: createMemoryBulk(target, fenced),
    ...looksAt(target),
    readContacts: async (_stream, { after = '', limit }) => contactsAfter(target, after).slice(0, limit),
  };
}

/** Returns the parts that only look at the target, or need no claim. */
function looksAt(target: MemoryTarget) {
  return {
    indexing: createMemoryIndexing(target),
    verifying: createMemoryVerifying(target),
    reporting: createMemoryReporting(target, holderOf),
    explaining: createMemoryExplaining(target),
    viewing: createMemoryViewing(target),
    summarising: createMemorySummarising(target),
  };
}

function releaseLease(state: MemoryStream, { holder }: Claim): void {
  if (state.lease?.claim.holder === holder) state.lease = null;
}

/** Returns the part of a mailbox that a call reads. */
function partOf(
  all: readonly StoreRequest[],
  { limit, maxBytes = Number.POSITIVE_INFINITY, after }: Parameters<StoreSink['takeRequests']>[1],
): readonly StoreRequest[] {
  let bytes = 0;
  const behind = all.slice(all.findIndex(({ key }) => key === after) + 1);
  return behind.slice(0, limit).filter((request, nr) => {
    bytes += Buffer.byteLength(JSON.stringify(request));
    return nr === 0 || bytes <= maxBytes;
  });
}

function lettersOf(
  { deadLetters }: MemoryStream,
  { after = '', limit, maxBodyBytes = Number.POSITIVE_INFINITY }: Parameters<StoreSink['listDeadLetters']>[1],
): readonly DeadLetter[] {
  return [...deadLetters.values()]
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, limit)
    .map((letter) => (Buffer.byteLength(letter.body) > maxBodyBytes ? { ...letter, body: '' } : letter));
}

function isEmptied({ contacts }: MemoryTarget, { hadContacts }: MemoryStream): boolean {
  return hadContacts && contacts.size === 0;
}

function plannedChanges(target: MemoryTarget, fields: readonly Field[]): PlannedChanges {
  const { streams, fields: made, obstructed } = target;
  const missing = fields.filter(({ name }) => !made.has(name) && !obstructed.has(name));
  const changes = missing.map(({ name }) => ({ table: 'contacts', column: name, change: 'add', to: 'json' }) as const);
  const losesRows = [...streams.values()].some((stream) => isEmptied(target, stream));
  return { hasCopy: streams.size > 0, changes, effects: [], losesRows };
}

function contactsAfter({ contacts }: MemoryTarget, after: string): readonly ContactTree[] {
  return Array.from(contacts.values(), ({ tree }) => tree)
    .filter(({ contactId }) => contactId > after)
    .sort((a, b) => (a.contactId < b.contactId ? -1 : 1));
}

/** Lets turns of the event loop pass, as a real target does before its commit. The call may be aborted meanwhile. */
async function staged(batch: Batch, signal: AbortSignal): Promise<void> {
  for (let parts = 0; parts <= batch.contacts.length; parts += 15) {
    await nextTurn();
    if (signal.aborted) {
      throw new SinkError('MEMORY_ABORTED', 'The write was aborted.', {
        verdict: 'retryable',
        outcome: 'not-committed',
        cause: signal.reason,
      });
    }
  }
}

/** Returns the claim's right to write, or throws where it has lost it. */
function fence(target: MemoryTarget, claim: Claim, beatsSeen: Map<string, number>): { renew(): void } {
  const state = streamOf(target, claim.stream);
  const { lease } = state;
  const details = { verdict: 'fenced', outcome: 'not-committed' } as const;
  if (lease?.claim.holder !== claim.holder || lease.claim.epoch !== claim.epoch) {
    const message = `Stream ${claim.stream} is at epoch ${state.epoch}, the claim is older.`;
    throw new SinkError('MEMORY_FENCED', message, details);
  }
  if (state.beats < (beatsSeen.get(claim.holder) ?? 0)) {
    throw new SinkError('MEMORY_FENCED', `Stream ${claim.stream} was set back to an earlier state.`, details);
  }
  return {
    renew: () => {
      lease.endsAt = performance.now() + claim.leaseMs;
      state.beats += 1;
      beatsSeen.set(claim.holder, state.beats);
    },
  };
}

/** Returns the holder; null where the lease has expired. */
function holderOf({ lease, beats }: MemoryStream): LeaseHolder | null {
  const expiresInMs = lease ? lease.endsAt - performance.now() : 0;
  if (lease === null || expiresInMs <= 0) return null;
  const { holder, plan } = lease.claim;
  return { holder, plan, process: lease.process, beats: String(beats), expiresInMs };
}

function versionsOf(
  target: MemoryTarget,
  claim: Claim,
  contactIds: readonly string[],
  compareRows: boolean,
): ReadonlyMap<string, ContactVersion> {
  const refused = new Map<string, string>();
  for (const { contactId, kind, md5 } of streamOf(target, claim.stream).deadLetters.values()) {
    if (contactId !== null && md5 !== null && ANSWERS_VERSIONS.has(kind)) refused.set(contactId, md5);
  }
  const versions = new Map<string, ContactVersion>();
  for (const id of contactIds) {
    const proved = target.contacts.get(id);
    const refusedMd5 = refused.get(id);
    if (target.forgotten.has(id)) versions.set(id, { md5: '', refused: false, forgotten: true });
    else if (refusedMd5 !== undefined) versions.set(id, { md5: refusedMd5, refused: true });
    else if (proved?.plan !== claim.plan || (compareRows && !isWhole(target, proved.records))) continue;
    else if (proved.tree.md5 !== null) {
      versions.set(id, { md5: proved.tree.md5, refused: false });
    }
  }
  return versions;
}

/**
 * Kinds of dead letters that stand for a whole contact. A record without an id fails beside a contact that was written.
 */
const ANSWERS_VERSIONS: ReadonlySet<DeadLetter['kind']> = new Set(['contact', 'fetch']);
