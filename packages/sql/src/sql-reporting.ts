import type { CallOptions, Reporting, Stream, StreamFacts } from '@dbsync/core/contract';
import { countRows } from './count-rows.js';
import type { SqlContext } from './engine/sql-context.js';
import type { OpenDatabase } from './open-database.js';
import { ifAllowed, refusalOf } from './refusal.js';
import { hasHeartbeats, keepHeartbeat, readHeartbeat } from './stream/heartbeats.js';
import { readClock, readHolder } from './stream/lease.js';
import { parseStoredProgress } from './stream/stored-progress.js';
import { storedCount } from './stream/stored-whole.js';

/** The number of heartbeats that are left out after a refusal: about an hour. */
const LEFT_OUT = 60;

/** Creates the part of a store that `dbsync status` reads. */
export function createSqlReporting({ call }: OpenDatabase): Reporting {
  /** True after the table of heartbeats was found, so that each heartbeat need not look for it. */
  let isReady = false;
  /** The number of heartbeats that are still left out, because the database refused one. */
  let leftOut = 0;
  return {
    async keepHeartbeat(claim, heartbeat, options) {
      if (leftOut > 0) {
        leftOut -= 1;
        return;
      }
      // The refusal is caught within the call: an error that leaves it would make the sink read all tables again.
      const refusal = await call(options, async (context) => {
        try {
          isReady ||= await hasHeartbeats(context, options);
          if (isReady) await keepHeartbeat(context, claim, heartbeat, options);
          return null;
        } catch (error) {
          isReady = false;
          return refusalOf(context, error);
        }
      });
      if (refusal === null) return;
      leftOut = LEFT_OUT;
      throw refusal;
    },
    listStreams: (options) =>
      call(options, async ({ db }) => {
        const rows = await db.selectFrom('sync_state').select('stream').execute(options);
        return rows.map(({ stream }) => stream).sort();
      }),
    describeStream: (stream, options) => call(options, (context) => describeStream(context, stream, options)),
    countRows: (options) => call(options, (context) => countRows(context, options)),
  };
}

async function describeStream(context: SqlContext, stream: Stream, options: CallOptions): Promise<StreamFacts | null> {
  const query = context.db.selectFrom('sync_state').select('progress').where('stream', '=', stream);
  const row = await query.executeTakeFirst(options);
  if (row === undefined) return null;
  const keepsHeartbeats = await hasHeartbeats(context, options);
  return {
    nowMs: Number(await readClock(context, options)),
    heldBy: await readHolder(context, stream, options),
    progress: parseStoredProgress(row.progress)?.progress ?? null,
    heartbeat: keepsHeartbeats ? await ifAllowed(context, () => readHeartbeat(context, stream, options)) : null,
    keepsHeartbeats,
    deadLetters: await ifAllowed(context, () => countLetters(context, stream, options)),
    requests: await ifAllowed(context, () => countRequests(context, stream, options)),
  };
}

async function countLetters(
  { db }: SqlContext,
  stream: Stream,
  options: CallOptions,
): Promise<Readonly<Record<string, number>>> {
  const rows = await db
    .selectFrom('dead_letters')
    .select((eb) => ['kind', eb.fn.count('stream').as('letters')])
    .where('stream', '=', stream)
    .groupBy('kind')
    .execute(options);
  return Object.fromEntries(rows.map(({ kind, letters }) => [kind, storedCount(letters)]));
}

async function countRequests({ db }: SqlContext, stream: Stream, options: CallOptions): Promise<number> {
  const row = await db
    .selectFrom('sync_requests')
    .select((eb) => eb.fn.count('stream').as('requests'))
    .where('stream', '=', stream)
    .executeTakeFirst(options);
  return storedCount(row?.requests);
}
