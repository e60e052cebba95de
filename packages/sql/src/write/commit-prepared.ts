import type { CallOptions, Claim } from '@dbsync/core/contract';
import type { SqlContext } from '../engine/sql-context.js';
import type { UpsertBatch } from '../engine/upsert-batch.js';
import type { SchemaKeeper } from '../schema/schema-keeper.js';
import type { ReadySchema } from '../schema/schema-state.js';
import { fencedOff, fenceOf, isHeld, readClock } from '../stream/lease.js';

/** The largest number of times that statements are prepared, if a contact or the column map changes meanwhile. */
const MAX_ATTEMPTS = 8;

/** Statements with their guards, and the result to return once they are committed. */
export interface Prepared<Result> extends GuardedStatements {
  readonly result: Result;
}

/** The parts of a batch without rows. */
export type GuardedStatements = Pick<UpsertBatch, 'statements' | 'guards' | 'readByKeys'>;

/**
 * Prepares statements and commits them. If the data behind them changed meanwhile, prepares and commits again. Returns
 * null if `prepare` finds nothing to do, or if the data changed during every attempt.
 */
export async function commitPrepared<Result>(
  context: SqlContext,
  schema: SchemaKeeper,
  claim: Claim,
  options: CallOptions,
  prepare: (state: ReadySchema) => Promise<Prepared<Result> | null>,
): Promise<Result | null> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const state = await schema.current(options);
    const { plans } = state;
    const prepared = plans === null ? null : await prepare({ ...state, plans });
    if (prepared === null) return null;
    const { result, ...parts } = prepared;
    if (await commitBehindFence(context, claim, parts, options)) return result;
    if (!(await isHeld(context, claim, options))) throw await fencedOff(context, claim, options);
    schema.forget();
  }
  return null;
}

/** Commits these statements behind the guards and the fence. Returns false if a guard or the fence found no row. */
export async function commitBehindFence(
  context: SqlContext,
  claim: Claim,
  parts: GuardedStatements,
  options: CallOptions,
): Promise<boolean> {
  const startedAt = await readClock(context, options);
  const fence = fenceOf(context, claim, { progress: undefined, startedAt });
  const batch = { ...parts, rows: [], guards: [...parts.guards, fence], watched: new Set<string>() };
  const { committed } = await context.session.upsert(batch, options);
  if (committed) context.committedWrites.committed(claim);
  return committed;
}
