import {
  type CallOptions,
  isSinkError,
  type Reporting,
  type SchemaChange,
  type StoreSink,
  type StreamFacts,
  type WaitingDeliveries,
} from '../contract/index.js';
import { lateAfterMs } from '../observe/lateness.js';
import { type Heartbeat, parseHeartbeat } from './heartbeat.js';

/** The state of one campaign in a target, read without the process that copies it. */
export interface CampaignStatus extends Omit<StreamFacts, 'heartbeat'> {
  readonly campaign: string;
  /**
   * `current`: a process holds the campaign, and it is no further behind than allowed. `late`: it is further behind, still
   * copies for the first time, or cannot deliver. `unheld`: no process holds it.
   */
  readonly state: 'current' | 'late' | 'unheld';
  /** The lag of the copy, by the target's clock; null: nothing was copied yet. */
  readonly behindMs: number | null;
  /** A copy up to this far behind counts as current. */
  readonly allowedMs: number;
  /** The heartbeat of the present holder, or of the last one; null: none. */
  readonly heartbeat: Heartbeat | null;
  /** The time since it was kept; null: none. */
  readonly heartbeatMs: number | null;
  /** True where the present holder has kept it. */
  readonly isOfHolder: boolean;
}

/** The interval that counts if no heartbeat of the holder says it. */
const USUAL_INTERVAL_MS = 60_000;

/** Reads the state of a campaign; null: the target has no such campaign. */
export async function readStatus(
  reporting: Pick<Reporting, 'describeStream'>,
  campaign: string,
  options: CallOptions,
): Promise<CampaignStatus | null> {
  const facts = await reporting.describeStream(campaign, options);
  if (facts === null) return null;
  const { heartbeat: kept, ...others } = facts;
  const heartbeat = kept === null ? null : parseHeartbeat(kept.text);
  const heartbeatMs = kept?.ageMs ?? null;
  const isOfHolder = heartbeat !== null && kept?.holder === facts.heldBy?.holder;
  // The heartbeat of a run that has ended says nothing of the one that holds the campaign now.
  const ofHolder = isOfHolder ? heartbeat : null;
  const allowedMs = lateAfterMs(ofHolder?.intervalMs ?? USUAL_INTERVAL_MS);
  const behindMs = behind(facts, ofHolder);
  const state = stateOf(facts, behindMs, allowedMs, ofHolder);
  return { ...others, campaign, state, behindMs, allowedMs, heartbeat, heartbeatMs, isOfHolder };
}

/**
 * Returns the lag at the heartbeat and the time since. Without a heartbeat of the holder the watermark counts, by the
 * target's clock.
 */
function behind({ nowMs, progress, heartbeat }: StreamFacts, ofHolder: Heartbeat | null): number | null {
  if (heartbeat !== null && ofHolder !== null && ofHolder.lagMs !== null) return ofHolder.lagMs + heartbeat.ageMs;
  const until = progress?.eventsUntil ?? null;
  return until === null ? null : Math.max(0, nowMs - Date.parse(until));
}

/** True where messages wait that the receiver does not take: that alone makes a campaign late. */
export function isHeldBack(deliveries: WaitingDeliveries | null | undefined): deliveries is WaitingDeliveries {
  return deliveries != null && deliveries.messages > 0 && deliveries.state !== 'up';
}

function stateOf(
  { heldBy, deliveries }: StreamFacts,
  behindMs: number | null,
  allowedMs: number,
  ofHolder: Heartbeat | null,
): CampaignStatus['state'] {
  if (heldBy === null) return 'unheld';
  const ends = ofHolder?.mode === 'db_init' || ofHolder?.mode === 'db_update';
  return behindMs === null || behindMs > allowedMs || isHeldBack(deliveries) || ends ? 'late' : 'current';
}

/**
 * Returns the changes of the tables that could not be made yet. Null where the store cannot tell, such as to an account
 * that may not read all tables.
 */
export async function readDeferredChanges(
  store: StoreSink,
  options: CallOptions,
): Promise<readonly SchemaChange[] | null> {
  try {
    return await store.declareFields([], { ...options, dryRun: true });
  } catch (error) {
    if (isSinkError(error) && error.verdict === 'fatal') return null;
    throw error;
  }
}
