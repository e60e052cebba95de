import type { LeaseHolder, Reporting } from '@dbsync/core/contract';
import { type MemoryStream, type MemoryTarget, rowsOfMessages, streamOf } from './memory-target.js';

/** Creates the facts for operators in memory. */
export function createMemoryReporting(
  target: MemoryTarget,
  holderOf: (state: MemoryStream) => LeaseHolder | null,
): Reporting {
  return {
    keepHeartbeat: async ({ stream, holder }, text) => {
      const state = streamOf(target, stream);
      if (state.lease?.claim.holder === holder) state.heartbeat = { text, holder, keptMs: performance.now() };
    },
    listStreams: async () => [...target.streams.keys()].sort(),
    describeStream: async (stream) => {
      const state = target.streams.get(stream);
      if (state === undefined) return null;
      const letters = Object.groupBy(state.deadLetters.values(), ({ kind }) => kind);
      const { heartbeat } = state;
      return {
        nowMs: Date.now(),
        heldBy: holderOf(state),
        progress: state.progress,
        heartbeat: heartbeat && {
          text: heartbeat.text,
          holder: heartbeat.holder,
          ageMs: performance.now() - heartbeat.keptMs,
        },
        keepsHeartbeats: true,
        deadLetters: Object.fromEntries(Object.entries(letters).map(([kind, ofKind]) => [kind, ofKind.length])),
        requests: state.requests.size,
      };
    },
    countRows: async () =>
      TABLES.map((kind) => ({ kind, table: kind, rows: rowsOfMessages(target, kind).length, isEstimate: false })),
  };
}

const TABLES = ['contacts', 'transactions', 'connections', 'recordings', 'inbound_calls'] as const;
