import { randomUUID } from 'node:crypto';
import type { Claim, ContactVersion, StoreSink } from '@dbsync/core/contract';
import { commit } from './commit.ts';
import { type Database, nowMs, type StreamData, streamOf } from './database.ts';
import { createFence, holderOf } from './fence.ts';

/** A store sink. Each call changes the database in one step without an `await`, which stands for one transaction. */
export function createStore(database: Database): StoreSink {
  const fence = createFence(database);
  return {
    kind: 'store',
    limits: { concurrentWrites: 2, batchContacts: 500, batchBytes: 8_000_000 },
    open: async ({ signal }) => signal.throwIfAborted(),
    checkHealth: async () => [{ level: 'pass', what: 'The database answers.', remedy: null }],
    close: async () => {},
    // Documents take any field, so there is no room to make.
    declareFields: async () => [],

    claim: async (stream, plan, { leaseMs, process, takeOverFrom }) => {
      const state = streamOf(database, stream);
      const heldBy = holderOf(state);
      if (heldBy !== null && heldBy.holder !== takeOverFrom) return { granted: false, heldBy };
      const claim: Claim = { stream, plan, leaseMs, holder: randomUUID(), epoch: state.epoch + 1n };
      state.epoch = claim.epoch;
      state.lease = { holder: claim.holder, plan, process, endsAtMs: nowMs() + leaseMs };
      state.beats += 1;
      fence.granted(claim);
      return { granted: true, claim };
    },
    renew: async (claim) => {
      fence.check(claim);
      fence.renew(claim);
    },
    release: async (claim) => {
      const state = streamOf(database, claim.stream);
      if (state.lease?.holder === claim.holder) state.lease = null;
    },

    readState: async (stream) => {
      const state = streamOf(database, stream);
      const hasForeignRows = state.progress === null && state.rows.size > 0;
      return { progress: state.progress, hasForeignRows, heldBy: holderOf(state) };
    },
    readVersions: async (claim, contactIds, { compareRows = false }) =>
      versionsOf(streamOf(database, claim.stream), claim, contactIds, compareRows),
    write: async (batch, claim, { signal }) => {
      signal.throwIfAborted();
      fence.check(claim);
      const result = commit(streamOf(database, claim.stream), batch, claim);
      fence.renew(claim);
      return result;
    },

    listDeadLetters: async (stream, { after = '', limit, maxBodyBytes = Number.POSITIVE_INFINITY }) =>
      [...streamOf(database, stream).deadLetters.values()]
        .filter(({ key }) => key > after)
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, limit)
        .map((letter) => (Buffer.byteLength(letter.body) > maxBodyBytes ? { ...letter, body: '' } : letter)),
    postRequest: async (stream, request) => {
      const { requests } = streamOf(database, stream);
      requests.delete(request.key);
      requests.set(request.key, request);
    },
    takeRequests: async ({ stream }, { signal, limit, maxBytes = Number.POSITIVE_INFINITY, after }) => {
      signal.throwIfAborted();
      let bytes = 0;
      const all = [...streamOf(database, stream).requests.values()];
      const behind = all.slice(all.findIndex(({ key }) => key === after) + 1);
      return behind.slice(0, limit).filter((request, nr) => {
        bytes += Buffer.byteLength(JSON.stringify(request));
        return nr === 0 || bytes <= maxBytes;
      });
    },
  };
}

/** Returns the known md5 of the contacts: the refused one, or the one that was written whole under the plan. */
function versionsOf(
  { rows, contacts, deadLetters }: StreamData,
  { plan }: Claim,
  contactIds: readonly string[],
  compareRows: boolean,
): ReadonlyMap<string, ContactVersion> {
  const versions = new Map<string, ContactVersion>();
  for (const id of contactIds) {
    const kept = contacts.get(id);
    const isWhole = !compareRows || kept?.rowKeys.every((key) => rows.has(key)) === true;
    if (kept?.plan === plan && kept.tree.md5 !== null && isWhole) {
      versions.set(id, { md5: kept.tree.md5, refused: false });
    }
  }
  const wanted = new Set(contactIds);
  for (const { contactId, md5, kind } of deadLetters.values()) {
    if (contactId === null || md5 === null || !wanted.has(contactId)) continue;
    if (kind === 'contact' || kind === 'fetch') versions.set(contactId, { md5, refused: true });
  }
  return versions;
}
