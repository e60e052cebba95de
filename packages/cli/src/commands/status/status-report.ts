import type { CampaignStatus } from '@dbsync/core/cli-kit';
import type { Progress, RowCount, SchemaChange, WaitingDeliveries } from '@dbsync/core/contract';

/** The object that `status --json` prints. Durations are milliseconds, instants ISO 8601 UTC. */
export interface StatusReport {
  readonly type: 'status';
  readonly target: string;
  /** The worst state of its campaigns. */
  readonly state: CampaignStatus['state'];
  readonly campaigns: readonly ReportedCampaign[];
  /** The rows of each table, of all campaigns of the target. Empty: the target is an outbox. */
  readonly tables: readonly Omit<RowCount, 'kind'>[];
  /** Changes of the tables that could not be made yet; null: this account cannot see them. */
  readonly notChanged: readonly SchemaChange[] | null;
}

/** A campaign in the report. */
export interface ReportedCampaign {
  readonly campaign: string;
  readonly state: CampaignStatus['state'];
  readonly behindMs: number | null;
  readonly allowedMs: number;
  /** The time by the target's clock. */
  readonly now: string;
  readonly holder: ReportedHolder | null;
  /** The last cycle of the holder, or of the last one; null: none is known. */
  readonly cycle: { readonly agoMs: number; readonly tookMs: number } | null;
  /** The contacts of a first copy; null: not one. */
  readonly copied: { readonly done: number; readonly of: number | null } | null;
  /** The table whose younger columns are filled, in rows; null: none. */
  readonly filling: { readonly what: string; readonly done: number; readonly of: number | null } | null;
  readonly trouble: { readonly for: string; readonly code: string; readonly forMs: number } | null;
  readonly progress: Progress | null;
  readonly deadLetters: Readonly<Record<string, number>> | null;
  readonly requests: number | null;
  readonly deliveries: WaitingDeliveries | null;
  /** False: the target was made by an earlier version, and keeps no heartbeats yet. */
  readonly keepsHeartbeats: boolean;
}

/** The process that holds a campaign. */
interface ReportedHolder {
  readonly host: string;
  readonly pid: number;
  /** Null: it has kept no heartbeat yet. */
  readonly mode: string | null;
  readonly heldMs: number | null;
}

const BY_WEIGHT = ['unheld', 'late', 'current'] as const;

export function statusReport(
  target: string,
  statuses: readonly CampaignStatus[],
  tables: readonly RowCount[],
  notChanged: readonly SchemaChange[] | null,
): StatusReport {
  const states = new Set(statuses.map(({ state }) => state));
  return {
    type: 'status',
    target,
    state: BY_WEIGHT.find((state) => states.has(state)) ?? 'unheld',
    campaigns: statuses.map(campaignOf),
    tables: tables.map(({ table, rows, isEstimate }) => ({ table, rows, isEstimate })),
    notChanged: notChanged?.filter(({ change }) => change !== 'overflow') ?? null,
  };
}

function campaignOf(status: CampaignStatus): ReportedCampaign {
  const { campaign, state, behindMs, allowedMs, progress, deadLetters, requests, deliveries = null } = status;
  const { heldBy, heartbeat, heartbeatMs, isOfHolder, keepsHeartbeats } = status;
  const ageMs = heartbeatMs ?? 0;
  const ofHolder = isOfHolder ? heartbeat : null;
  const cycle = heartbeat?.cycle ?? null;
  return {
    campaign,
    state,
    behindMs: behindMs === null ? null : Math.round(behindMs),
    allowedMs,
    now: new Date(status.nowMs).toISOString(),
    holder: heldBy && {
      host: heldBy.process.host,
      pid: heldBy.process.pid,
      mode: ofHolder?.mode ?? null,
      heldMs: ofHolder === null ? null : Math.round(ofHolder.heldMs + ageMs),
    },
    cycle: cycle && { agoMs: Math.round(cycle.agoMs + ageMs), tookMs: Math.round(cycle.tookMs) },
    copied: ofHolder?.copied ?? null,
    filling: ofHolder?.filling ?? null,
    trouble: ofHolder?.trouble ? { ...ofHolder.trouble, forMs: Math.round(ofHolder.trouble.forMs + ageMs) } : null,
    progress,
    deadLetters,
    requests,
    deliveries,
    keepsHeartbeats,
  };
}
