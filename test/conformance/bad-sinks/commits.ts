import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Batch, SinkError } from '@dbsync/core/contract';
import { REFUSED_MARK } from '../../../packages/testkit/src/memory/memory-commit.ts';
import { streamOf } from '../../../packages/testkit/src/memory/memory-target.ts';
import { type Breakages, changingBatch, writeInParts } from './breakage.ts';

const NOTHING: Batch = { contacts: [], inboundCalls: [], deadLetters: [], settled: [] };

/** Sinks that each break a promise about common commits, or about the state after an abort. */
export const badWithCommits: Breakages = {
  'no reader sees progress before its rows': (good) => ({
    write: async (batch, claim, options) => {
      const { progress, ...rows } = batch;
      if (!progress || rows.contacts.length < 100) return good.write(batch, claim, options);
      await good.write({ ...NOTHING, progress }, claim, options);
      await nextTurn();
      return good.write(rows, claim, options);
    },
  }),

  'no reader sees a contact without the records below it, or a part of a batch': (good) => ({
    write: (batch, claim, options) => {
      const alone = { ...NOTHING, contacts: batch.contacts.map((tree) => ({ ...tree, transactions: [] })) };
      const parts = batch.contacts.length < 100 ? [batch] : [alone, batch];
      return writeInParts(parts, (part) => good.write(part, claim, options));
    },
  }),

  'a dead letter commits with its batch, and with the tree that carries it': changingBatch((batch) =>
    batch.contacts.length > 0 ? { ...batch, deadLetters: [] } : batch,
  ),

  'a batch with a refused contact writes nothing, and commits without that contact': (good) => ({
    write: async (batch, claim, options) => {
      const taken = batch.contacts.filter(({ contactId }) => !contactId.includes(REFUSED_MARK));
      if (taken.length < batch.contacts.length) await good.write({ ...NOTHING, contacts: taken }, claim, options);
      return good.write(batch, claim, options);
    },
  }),

  'as many writes as the limits allow run at the same time, and none is lost': (good) => {
    let writing = 0;
    return {
      write: async (batch, claim, options) => {
        writing += 1;
        try {
          return await good.write(writing > 1 ? NOTHING : batch, claim, options);
        } finally {
          writing -= 1;
        }
      },
    };
  },

  'an aborted write has committed completely or not at all': (good) => ({
    write: (batch, claim, options) => {
      const half = batch.contacts.length / 2;
      const parts = [
        { ...NOTHING, contacts: batch.contacts.slice(0, half) },
        { ...batch, contacts: batch.contacts.slice(half) },
      ];
      return writeInParts(half === 30 ? parts : [batch], (part) => good.write(part, claim, options));
    },
  }),

  'an aborted call is no failure of the target': (good) => ({
    write: (batch, claim, options) =>
      good.write(batch, claim, options).catch((error: unknown) => {
        if (!options.signal.aborted) throw error;
        throw new SinkError('MEMORY_BROKEN', 'The target does not work.', { verdict: 'fatal', outcome: 'unknown' });
      }),
  }),

  'R22 the same failure has one dead letter: the newest, with the time of the first and the number of attempts': (
    good,
    target,
  ) => ({
    write: (batch, claim, options) => {
      for (const { key } of batch.deadLetters) streamOf(target, claim.stream).deadLetters.delete(key);
      return good.write(batch, claim, options);
    },
  }),

  'dead letters are listed in the order of their keys, page by page': (good) => ({
    listDeadLetters: async (stream, { after = '', ...options }) => {
      const all = await good.listDeadLetters(stream, { ...options, limit: Number.POSITIVE_INFINITY });
      return all.filter(({ key }) => key >= after).slice(0, options.limit);
    },
  }),

  'a dead letter that is listed without its long body loses nothing else': (good) => ({
    listDeadLetters: async (stream, { maxBodyBytes = Number.POSITIVE_INFINITY, ...options }) =>
      (await good.listDeadLetters(stream, options)).map((letter) => ({
        ...letter,
        body: letter.body.slice(0, maxBodyBytes),
      })),
  }),

  'R22 an accepted contact settles its dead letters in its commit': (good, target) => ({
    write: async (batch, claim, options) => {
      const { deadLetters } = streamOf(target, claim.stream);
      const unfetched = [...deadLetters.values()].filter(({ kind }) => kind === 'fetch');
      const result = await good.write(batch, claim, options);
      for (const letter of unfetched) deadLetters.set(letter.key, letter);
      return result;
    },
  }),

  'an accepted contact keeps the dead letters that its batch carries again, and those of messages': (good, target) => ({
    write: async (batch, claim, options) => {
      const accepted = new Set(batch.contacts.map(({ contactId }) => contactId));
      const result = await good.write(batch, claim, options);
      const { deadLetters } = streamOf(target, claim.stream);
      for (const { key, kind, contactId } of deadLetters.values()) {
        if (kind === 'message' && contactId !== null && accepted.has(contactId)) deadLetters.delete(key);
      }
      return result;
    },
  }),

  'a settled key ends its dead letter': (good, target) => ({
    write: async (batch, claim, options) => {
      const { deadLetters } = streamOf(target, claim.stream);
      const settled = [...deadLetters.values()].filter(({ key }) => batch.settled.includes(key));
      const result = await good.write(batch, claim, options);
      for (const letter of settled) deadLetters.set(letter.key, letter);
      return result;
    },
  }),

  'the holder takes requests of any process, oldest first, until they are settled': (good) => ({
    takeRequests: async (claim, options) =>
      (await good.takeRequests(claim, options)).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  }),

  'the holder takes a part of many requests: the oldest, whole, and at least one': (good) => ({
    takeRequests: async (claim, { limit = Number.POSITIVE_INFINITY, ...options }) => {
      const all = await good.takeRequests(claim, options);
      return options.after === undefined ? all.slice(-limit) : all.slice(0, limit);
    },
  }),

  'the holder takes the requests behind one that stays': (good) => ({
    takeRequests: (claim, { after: _, ...options }) => good.takeRequests(claim, options),
  }),

  'the holder gets the same request, whether it names an operator or none': (good) => ({
    postRequest: (stream, request, { by, ...options }) =>
      good.postRequest(stream, { ...request, ...(by && { by }) }, options),
  }),

  'a request replaces an earlier one with the same key': (good, target) => ({
    postRequest: async (stream, request, options) => {
      if (!streamOf(target, stream).requests.has(request.key)) await good.postRequest(stream, request, options);
    },
  }),

  'a request is settled by the commit that carried it out, never by a failed write': (good, target) => ({
    write: (batch, claim, options) => {
      for (const key of batch.settled) streamOf(target, claim.stream).requests.delete(key);
      return good.write(batch, claim, options);
    },
  }),
};
