import {
  actOfRequest,
  type CallOptions,
  type Claim,
  canonicalJson,
  type Operator,
  type StoreRequest,
  type Stream,
} from '@dbsync/core/contract';
import { type CompiledQuery, sql } from 'kysely';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { hasAudit, noteAct, tellNoAudit } from './audit.js';
import { bytesInMemory, type RequestLimits, requestsOf, wholeRequest } from './request-rows.js';
import { storedCount } from './stored-whole.js';

/** Stores a request. @param by the operator who asks; undefined: another program, and nothing is noted */
export async function postRequest(
  context: SqlContext,
  stream: Stream,
  request: StoreRequest,
  { by, ...options }: CallOptions & { readonly by?: Operator },
): Promise<void> {
  const { db, engine } = context;
  const isNoted = by !== undefined && (await hasAudit(context, options));
  if (by !== undefined && !isNoted) tellNoAudit(context, '');
  await db.transaction().execute(async (transaction) => {
    // The first statement writes, so that SQLite waits for its turn: a transaction that has read before is refused
    // instead.
    await transaction
      .deleteFrom('sync_requests')
      .where('stream', '=', stream)
      .where('request_key', '=', request.key)
      .execute(options);
    const ofStream = transaction.selectFrom('sync_requests').where('stream', '=', stream);
    const last = await ofStream.select((eb) => eb.fn.max('posted_at').as('posted_at')).executeTakeFirst(options);
    const clock = await sql<{ ms: number | string }>`select ${engine.types.clockMs} as ms`.execute(
      transaction,
      options,
    );
    // Two requests of one millisecond keep their order.
    const posted_at = Math.max(
      storedCount(clock.rows[0]?.ms),
      Math.min(storedCount(last?.posted_at) + 1, Number.MAX_SAFE_INTEGER),
    );
    const body = canonicalJson({ ...request });
    await transaction
      .insertInto('sync_requests')
      .values({ stream, request_key: request.key, posted_at, body })
      .execute(options);
    if (isNoted) await noteAct(context, transaction, stream, actOfRequest(request), by, options);
  });
}

/** Reads the oldest requests, the oldest first. */
export async function readRequests(
  context: SqlContext,
  { stream }: Claim,
  { signal, limit, maxBytes = Number.POSITIVE_INFINITY, after }: CallOptions & RequestLimits,
): Promise<readonly StoreRequest[]> {
  const { db, engine } = context;
  let query = requestsOf(context, db, stream).orderBy('posted_at').orderBy('request_key');
  if (after !== undefined) {
    const its = db.selectFrom('sync_requests').where('stream', '=', stream).where('request_key', '=', after);
    const last = await its.select('posted_at').executeTakeFirst({ signal });
    // Compared in the database: another program may have stored an instant that JavaScript cannot hold.
    const posted = its.select('posted_at');
    if (last !== undefined) {
      query = query.where(({ and, eb, or }) =>
        or([eb('posted_at', '>', posted), and([eb('posted_at', '=', posted), eb('request_key', '>', after)])]),
      );
    }
  }
  if (limit !== undefined) query = query.modifyEnd(engine.types.firstRows(limit));
  const requests: StoreRequest[] = [];
  let bytes = 0;
  for (const row of await query.execute({ signal })) {
    bytes += bytesInMemory(row);
    if (requests.length > 0 && bytes > maxBytes) break;
    const request = await wholeRequest(db, stream, row, { signal });
    if (request !== null) requests.push(request);
  }
  return requests;
}

export function settleRequests({ db, engine }: SqlContext, stream: Stream, keys: readonly string[]): CompiledQuery[] {
  return chunksOf(keys, engine).map((chunk) =>
    db.deleteFrom('sync_requests').where('stream', '=', stream).where('request_key', 'in', chunk).compile(),
  );
}
