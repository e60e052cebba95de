import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type CreateSink, isSinkError, SinkError, type StoreSink } from '@dbsync/core/contract';
import { BROKE } from '../remote-memory/connection.ts';
import { createRemoteMemoryStore } from '../remote-memory/store.ts';
import { writeInParts } from './breakage.ts';

/** A fault that breaks one promise of a sink on a network, or of one whose process dies. */
export type RemoteBreakage = (good: StoreSink, name: string) => Partial<StoreSink>;

/** Commits each half of a batch separately, with so much time between. */
const inTwoCommits =
  (apartMs: number): RemoteBreakage =>
  (good) => ({
    write: (batch, claim, options) => {
      const half = Math.ceil(batch.contacts.length / 2);
      const { progress, ...rows } = batch;
      const parts = [
        { ...rows, contacts: batch.contacts.slice(0, half) },
        { ...batch, contacts: batch.contacts.slice(half) },
      ];
      return writeInParts(progress ? parts : [batch], async (part) => {
        const result = await good.write(part, claim, options);
        await delay(apartMs);
        return result;
      });
    },
  });

/** Faults by the case that each must fail. */
export const remoteBreakages: Readonly<Record<string, RemoteBreakage>> = {
  'a write whose connection breaks has committed completely or not at all': inTwoCommits(0),

  'a write whose answer was lost is not reported as failed': (good) => ({
    write: (batch, claim, options) =>
      good.write(batch, claim, options).catch((error: unknown) => {
        if (!isSinkError(error)) throw error;
        const { code, message, verdict, connectionLost } = error;
        throw new SinkError(code, message, { verdict, outcome: 'not-committed', connectionLost });
      }),
  }),

  'R10 a connection that was lost between two calls is reported by the next call, then opened again': (good) => ({
    readState: (stream, options) =>
      good.readState(stream, options).catch((error: unknown) => {
        if (!isSinkError(error) || error.message !== BROKE) throw error;
        return good.readState(stream, options);
      }),
  }),

  'R10 a connection that ended while no call used it is reported by the next call of any kind': (good) => ({
    takeRequests: (claim, options) =>
      good.takeRequests(claim, options).catch((error: unknown) => {
        if (!isSinkError(error) || error.message === BROKE) throw error;
        return good.takeRequests(claim, options);
      }),
  }),

  'R34 an outage of the target is a classified error, so it never ends a run': (good) => ({
    readState: (stream, options) =>
      good.readState(stream, options).catch((error: unknown) => {
        if (!isSinkError(error)) throw error;
        const { code, message, verdict, outcome, connectionLost } = error;
        throw new SinkError(code, message, { verdict, outcome, connectionLost, isUnclassified: true });
      }),
  }),

  'open fails with a retryable error where no server answers, and succeeds later': (good) => {
    let wasOpened = false;
    return {
      open: async (options) => {
        if (wasOpened) throw new Error('Client has already been connected.');
        wasOpened = true;
        await good.open(options);
      },
    };
  },

  'the health check of a target that cannot be reached returns that finding and does not throw': (good) => ({
    checkHealth: async (options) => {
      const findings = await good.checkHealth(options);
      if (findings.some(({ level }) => level === 'fail')) throw new Error('Connection terminated unexpectedly');
      return findings;
    },
  }),

  'calls to a target that no longer answers end soon after their abort, and so does close': (good) => ({
    renew: (claim) => good.renew(claim, { signal: new AbortController().signal }),
    write: (batch, claim) => good.write(batch, claim, { signal: new AbortController().signal }),
  }),

  'a process killed while it opens the target leaves one that can be opened': (good, name) => ({
    open: async (options) => {
      if (existsSync(name)) throw new Error('Another process prepares the target.');
      writeFileSync(name, '');
      await delay(1_000);
      rmSync(name);
      await good.open(options);
    },
  }),

  'a write of a process that is killed has committed completely or not at all': inTwoCommits(200),

  'rows that a write has confirmed are stored, even if the process is killed at once': (good) => ({
    write: async (batch, claim, options) => {
      setTimeout(() => good.write(batch, claim, options).catch(() => {}), 50);
      return { inserted: 0, updated: 0, unchanged: 0, bytes: 0, changedUnderSameMd5: [] };
    },
  }),
};

/** Creates the sink in child processes of conformance: `options.breaks` is a case, `options.name` a file of its own. */
export const createSink: CreateSink = ({ address, options }) => {
  const good = createRemoteMemoryStore(address.host, address.port ?? 0);
  const breakage = remoteBreakages[String(options.breaks)];
  return { ...good, ...breakage?.(good, String(options.name)) };
};
