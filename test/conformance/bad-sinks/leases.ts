import { isSinkError } from '@dbsync/core/contract';
import { createMemoryStore } from '../../../packages/testkit/src/memory/memory-store.ts';
import { streamOf } from '../../../packages/testkit/src/memory/memory-target.ts';
import type { Breakages } from './breakage.ts';

/** A handle that a bad sink leaves open stays longer than its test takes on a slow machine. */
const STAYS_MS = 300_000;

/** Sinks that each break a promise about the lease, the fence or the life of a sink. */
export const badWithLeases: Breakages = {
  'R10 nothing commits under an epoch that is not the newest': (good, target) => ({
    write: async (batch, claim, options) => {
      try {
        return await good.write(batch, claim, options);
      } catch (error) {
        const isFenced = isSinkError(error) && error.verdict === 'fenced';
        const stream = streamOf(target, claim.stream);
        if (isFenced && batch.progress && stream.epoch !== claim.epoch) stream.progress = batch.progress;
        throw error;
      }
    },
  }),

  'no epoch and no holder is used twice': (good, target) => ({
    release: async (claim, options) => {
      await good.release(claim, options);
      streamOf(target, claim.stream).epoch = 0n;
    },
  }),

  'a claim of a held stream is refused, and names the holder': (good) => ({
    claim: async (stream, plan, options) => {
      const answer = await good.claim(stream, plan, options);
      return answer.granted ? answer : { granted: false, heldBy: { ...answer.heldBy, plan } };
    },
  }),

  'an expired lease is free, and its holder is fenced': (good, target) => ({
    claim: (stream, plan, options) => {
      const { lease } = streamOf(target, stream);
      if (lease) lease.endsAt = performance.now() + lease.claim.leaseMs;
      return good.claim(stream, plan, options);
    },
  }),

  'R13 a stream is taken over at once from a holder known to be dead, and from no other': (good, target) => ({
    claim: (stream, plan, options) => {
      const holder = streamOf(target, stream).lease?.claim.holder;
      const takeOverFrom = options.takeOverFrom === undefined || holder === undefined ? {} : { takeOverFrom: holder };
      return good.claim(stream, plan, { ...options, ...takeOverFrom });
    },
  }),

  'a renewal raises the beats, and so does a write': (good, target) => ({
    claim: async (stream, plan, options) => {
      const answer = await good.claim(stream, plan, options);
      if (answer.granted) return answer;
      return { granted: false, heldBy: { ...answer.heldBy, beats: String(streamOf(target, stream).epoch) } };
    },
  }),

  'a renewal prolongs the lease': (good, target) => ({
    renew: async (claim, options) => {
      const { lease } = streamOf(target, claim.stream);
      const endsAt = lease?.endsAt ?? 0;
      await good.renew(claim, options);
      if (lease) lease.endsAt = endsAt;
    },
  }),

  'a renewal under an old claim is fenced': (good, target) => ({
    renew: (claim, options) =>
      good.renew(claim, options).catch((error: unknown) => {
        if (streamOf(target, claim.stream).epoch === claim.epoch) throw error;
      }),
  }),

  'R10 a target set back to an earlier state with the same epoch and holder fences the next write': (good, target) => ({
    write: (batch, claim, options) =>
      good.write(batch, claim, options).catch(ifFenced(() => createMemoryStore(target).write(batch, claim, options))),
  }),

  'R10 a target set back to an earlier state with the same epoch and holder fences the next renewal': (
    good,
    target,
  ) => ({
    renew: (claim, options) =>
      good.renew(claim, options).catch(ifFenced(() => createMemoryStore(target).renew(claim, options))),
  }),

  'a released stream is free at once and keeps its progress': (good, target) => ({
    release: async (claim, options) => {
      await good.release(claim, options);
      streamOf(target, claim.stream).progress = null;
    },
  }),

  'the release of an old claim does not affect the new one': (_good, target) => ({
    release: async (claim) => {
      streamOf(target, claim.stream).lease = null;
    },
  }),

  'R15 streams of one target do not affect each other': (good, target) => ({
    listDeadLetters: async (_stream, options) => {
      const all = await Promise.all([...target.streams.keys()].map((stream) => good.listDeadLetters(stream, options)));
      return all.flat();
    },
  }),

  'an empty target has no progress and no rows of others': (good) => ({
    readState: async (stream, options) => {
      const { hasForeignRows: _, ...state } = await good.readState(stream, options);
      return { ...state, hasForeignRows: state.progress === null };
    },
  }),

  'any other sink reads exactly the progress that was committed last': (good) => ({
    write: (batch, claim, options) => {
      const progress = batch.progress && { progress: { ...batch.progress, md5Proves: true } };
      return good.write({ ...batch, ...progress }, claim, options);
    },
  }),

  'a health check returns findings, before any claim': () => ({ checkHealth: async () => [] }),

  'contacts can be read back, page by page in the order of their ids': (good) => ({
    readContacts: async (stream, { after, ...options }) => (await good.readContacts?.(stream, options)) ?? [],
  }),

  'a second close does nothing, and another sink on the target still works': (good) => {
    let closed = false;
    return {
      close: async () => {
        if (closed) throw new Error('Called end on pool more than once.');
        closed = true;
        await good.close();
      },
    };
  },

  'a closed sink leaves no timer, socket or file behind': (good) => ({
    close: async () => {
      setTimeout(() => {}, STAYS_MS);
      await good.close();
    },
  }),
};

/** Handles an error of the fence by another call, such as one of a store that does not know this one's beats. */
function ifFenced<T>(call: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (isSinkError(error) && error.verdict === 'fenced') return call();
    throw error;
  };
}
