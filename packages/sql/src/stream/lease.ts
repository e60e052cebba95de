import { randomUUID } from 'node:crypto';
import {
  type CallOptions,
  type Claim,
  type ClaimAnswer,
  type ClaimOptions,
  type LeaseHolder,
  readProcessIdentity,
  SinkError,
  type Stream,
} from '@dbsync/core/contract';
import { sql } from 'kysely';
import type { SqlContext } from '../engine/sql-context.js';
import type { Guard } from '../engine/upsert-batch.js';
import { stateUnreadable } from './state-unreadable.js';
import { storedCount, storedCounter, storedWhole } from './stored-whole.js';

/**
 * Claims the lease of a stream: one row of `sync_state`. It is granted where it has expired by the database's clock.
 * Each grant has a fresh holder and a higher epoch, so an earlier holder changes no row any more (the fence, R10). The
 * row also counts the commits under a claim: a count below what this sink saw reveals a database that was restored from
 * a copy with the same holder and epoch.
 */
export async function claimStream(
  context: SqlContext,
  stream: Stream,
  plan: string,
  options: ClaimOptions,
): Promise<ClaimAnswer> {
  const { signal, leaseMs } = options;
  await insertMissingRow(context, stream, options);
  for (;;) {
    const holder = randomUUID();
    await takeIfFree(context, stream, { holder, plan, ...options });
    const row = await readLease(context, stream, { signal });
    if (row?.holder === holder) {
      const claim = { stream, holder, epoch: row.epoch, plan, leaseMs };
      context.committedWrites.granted(claim, row.writes);
      return { granted: true, claim };
    }
    if (row?.heldBy) return { granted: false, heldBy: { ...row.heldBy, plan: row.heldBy.plan ?? plan } };
  }
}

export async function renewClaim(context: SqlContext, claim: Claim, options: CallOptions): Promise<void> {
  const result = await updateHeld({ ...context, db: context.renewalDb }, claim)
    .set((eb) => ({ writes: eb('writes', '+', 1), lease_until: leaseEnd(context, claim.leaseMs) }))
    .executeTakeFirst(options);
  if (result.numUpdatedRows === 0n) throw await fencedOff(context, claim, options);
  context.committedWrites.committed(claim);
}

export async function releaseClaim(context: SqlContext, claim: Claim, options: CallOptions): Promise<void> {
  await updateHeld(context, claim).set({ holder: null, lease_until: 0 }).execute(options);
}

/** The state that a write's fence stores when it proves the claim. */
export interface FencedState {
  /** Replaces the stream's progress; undefined: leaves it. */
  readonly progress: string | undefined;
  /** The database's clock before the write began, as {@link readClock} returns it. */
  readonly startedAt: bigint;
}

/** No write takes longer from its first statement to its fence, which the COMMIT follows at once (R23). */
export const MAX_WRITE_MS = 15 * 60_000;

/**
 * Changes exactly one row while the claim is the stream's newest and the write is not too old, so that a write proves
 * its right in its own commit.
 */
export function fenceOf(context: SqlContext, claim: Claim, { progress, startedAt }: FencedState): Guard {
  const update = updateHeld(context, claim)
    .where(context.engine.types.clockMs, '<=', String(startedAt + BigInt(MAX_WRITE_MS)))
    .set((eb) => ({
      writes: eb('writes', '+', 1),
      lease_until: leaseEnd(context, claim.leaseMs),
      ...(progress !== undefined && { progress }),
    }));
  return { query: update.compile(), meets: 'changed' };
}

/** Reads the database's clock, in milliseconds since 1970. */
export async function readClock({ engine, session }: SqlContext, options: CallOptions): Promise<bigint> {
  const { rows } = await sql<{ now: number | string | bigint }>`select ${engine.types.clockMs} as now`.execute(
    session.db,
    options,
  );
  return BigInt(rows[0]?.now ?? 0);
}

export async function isHeld(context: SqlContext, claim: Claim, options: CallOptions): Promise<boolean> {
  // The bound is taken before the read: another write of the claim may commit, and be counted, while the row is read.
  const least = context.committedWrites.atLeast(claim);
  const row = await readLease(context, claim.stream, options);
  return isOf(row, claim) && row.writes >= least;
}

/** Returns the holder of the stream; null: no process holds it, or the lease has expired. */
export async function readHolder(
  context: SqlContext,
  stream: Stream,
  options: CallOptions,
): Promise<LeaseHolder | null> {
  const heldBy = (await readLease(context, stream, options))?.heldBy ?? null;
  return heldBy === null || heldBy.expiresInMs === 0 ? null : { ...heldBy, plan: heldBy.plan ?? '' };
}

/** Returns the error of a call whose fence missed, after a look at the reason. */
export async function fencedOff(context: SqlContext, claim: Claim, options: CallOptions): Promise<SinkError> {
  const details = { verdict: 'fenced', outcome: 'not-committed' } as const;
  if (isOf(await readLease(context, claim.stream, options), claim)) {
    const message = `The database was set back to an earlier state since this process wrote campaign ${claim.stream} to it`;
    return new SinkError('SQL_SET_BACK', message, details);
  }
  const message = `Another process has taken over campaign ${claim.stream} since this one claimed it`;
  return new SinkError('SQL_FENCED', message, details);
}

function isOf(row: Lease | null, { holder, epoch }: Claim): row is Lease {
  return row?.holder === holder && row.epoch === epoch;
}

function updateHeld({ db, committedWrites }: SqlContext, claim: Claim) {
  return db
    .updateTable('sync_state')
    .where('stream', '=', claim.stream)
    .where('epoch', '=', String(claim.epoch))
    .where('holder', '=', claim.holder)
    .where('writes', '>=', String(committedWrites.atLeast(claim)));
}

function leaseEnd({ engine }: SqlContext, leaseMs: number) {
  return sql<number>`${engine.types.clockMs} + ${sql.lit(Math.round(leaseMs))}`;
}

/** Inserts the row unless it is there. Two processes may try at once: the later one finds the row. */
async function insertMissingRow(context: SqlContext, stream: Stream, { signal }: CallOptions): Promise<void> {
  if (await readLease(context, stream, { signal })) return;
  try {
    await context.db
      .insertInto('sync_state')
      .values({ stream, epoch: 0, holder: null, plan: null, process: null, lease_until: 0, writes: 0, progress: null })
      .execute({ signal });
  } catch (error) {
    if (!(await readLease(context, stream, { signal }))) throw error;
  }
}

async function takeIfFree(
  context: SqlContext,
  stream: Stream,
  taker: ClaimOptions & { readonly holder: string; readonly plan: string },
): Promise<void> {
  const { holder, plan, process, takeOverFrom, leaseMs, signal } = taker;
  await context.db
    .updateTable('sync_state')
    .set((eb) => ({
      holder,
      plan,
      process: JSON.stringify(process),
      epoch: eb('epoch', '+', 1),
      writes: eb('writes', '+', 1),
      lease_until: leaseEnd(context, leaseMs),
    }))
    .where('stream', '=', stream)
    .where((eb) =>
      eb.or([
        eb('holder', 'is', null),
        eb('lease_until', '<=', context.engine.types.clockMs),
        ...(takeOverFrom === undefined ? [] : [eb('holder', '=', takeOverFrom)]),
      ]),
    )
    .execute({ signal });
}

/** Reports that another program has changed the counters of a stream's row (R36). */
function unreadable({ names }: SqlContext, stream: Stream): SinkError {
  const quoted = `'${stream.replaceAll("'", "''")}'`;
  return stateUnreadable(
    `The counters of campaign ${stream} in ${names.sync_state}`,
    `UPDATE ${names.sync_state} SET epoch = 1, writes = 1, lease_until = 0, holder = NULL WHERE stream = ${quoted}`,
  );
}

interface Lease {
  readonly holder: string | null;
  readonly epoch: bigint;
  readonly writes: bigint;
  /** The holder. Its plan is null where another program has removed it (R36). */
  readonly heldBy: (Omit<LeaseHolder, 'plan'> & { readonly plan: string | null }) | null;
}

async function readLease(context: SqlContext, stream: Stream, options: CallOptions): Promise<Lease | null> {
  const { db, engine } = context;
  const row = await db
    .selectFrom('sync_state')
    .select(['holder', 'epoch', 'plan', 'process', 'writes', 'lease_until'])
    .select(engine.types.clockMs.as('now'))
    .where('stream', '=', stream)
    .executeTakeFirst(options);
  if (row === undefined) return null;
  const [epoch, writes, leaseUntil] = [
    storedCounter(row.epoch),
    storedCounter(row.writes),
    storedWhole(row.lease_until),
  ];
  if (epoch === null || writes === null || leaseUntil === null) throw unreadable(context, stream);
  const { holder, plan } = row;
  if (holder === null) return { holder, epoch, writes, heldBy: null };
  const heldBy = {
    holder,
    plan,
    process: readProcessIdentity(row.process),
    beats: String(writes),
    expiresInMs: storedCount(leaseUntil - BigInt(row.now)),
  };
  return { holder, epoch, writes, heldBy };
}
