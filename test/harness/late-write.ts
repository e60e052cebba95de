import type { SinkTarget, StoreSink, WriteResult } from '@dbsync/core/contract';
import { createSqlSink, type Guard, type SqlEngine, type UpsertBatch } from '@dbsync/sql';
import { sampleContact } from '@dbsync/testkit';
import { batchOf, claimOf, never } from './sqlite-file.ts';

/** The outcome of a write whose first transaction came to its fence too late. */
export interface LateWrite {
  /** True for each transaction that was committed, in their order. */
  readonly committed: readonly boolean[];
  readonly result: WriteResult;
}

/**
 * Writes a contact. The first transaction comes to its fence 20 minutes after the write began, by the database's clock: the
 * latest time in the fence is set back by as much.
 */
export async function writeLate(engine: SqlEngine, target: SinkTarget): Promise<LateWrite> {
  const committed: boolean[] = [];
  const late: SqlEngine = {
    ...engine,
    // Known once the engine is connected.
    get types() {
      return engine.types;
    },
    connect: async (options) => {
      const session = await engine.connect(options);
      const upsert = async (batch: UpsertBatch, call: typeof never) => {
        const guards = committed.length === 0 ? batch.guards.map(setBack) : batch.guards;
        const answer = await session.upsert({ ...batch, guards }, call);
        committed.push(answer.committed);
        return answer;
      };
      return { ...session, upsert };
    },
  };
  const sink: StoreSink = createSqlSink(late, target);
  await sink.open(never);
  try {
    await sink.declareFields([], never);
    const claim = await claimOf(sink);
    const result = await sink.write(batchOf({ contacts: [sampleContact('A1')] }), claim, never);
    return { committed, result };
  } finally {
    await sink.close();
  }
}

/** Sets back the time in a guard. Milliseconds since 1970 are its only numbers of 13 digits. */
function setBack({ query, meets }: Guard): Guard {
  const parameters = query.parameters.map((value) =>
    /^\d{13}$/.test(String(value)) ? String(Number(value) - 20 * 60_000) : value,
  );
  return { query: { ...query, parameters }, meets };
}
