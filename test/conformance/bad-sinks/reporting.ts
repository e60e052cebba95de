import type { Reporting, StoreSink } from '@dbsync/core/contract';
import { streamOf } from '../../../packages/testkit/src/memory/memory-target.ts';
import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about the facts for operators. */
export const badWithReporting: Breakages = {
  'status reads the last heartbeat of the holder, and a stale holder replaces none': (good, target) =>
    changingReporting(good, () => ({
      keepHeartbeat: async ({ stream, holder }, text) => {
        streamOf(target, stream).heartbeat = { text, holder, keptMs: performance.now() };
      },
    })),

  'status reads the streams of a target, each with its holder, progress, dead letters and requests': (good) =>
    changingReporting(good, ({ describeStream }) => ({
      describeStream: async (stream, options) => {
        const facts = await describeStream(stream, options);
        return facts && { ...facts, requests: 0 };
      },
    })),

  'status counts the rows of each table': (good) =>
    changingReporting(good, ({ countRows }) => ({
      countRows: async (options) => (await countRows(options)).map((count) => ({ ...count, rows: 0 })),
    })),
};

function changingReporting(good: StoreSink, change: (good: Reporting) => Partial<Reporting>): Partial<StoreSink> {
  const { reporting } = good;
  return reporting === undefined ? {} : { reporting: { ...reporting, ...change(reporting) } };
}
