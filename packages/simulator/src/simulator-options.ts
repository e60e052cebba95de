import { ACTIVITY_MIX, type ActivityKind } from './campaign/activity.js';
import type { CampaignOptions } from './campaign/campaign-options.js';
import type { FaultSpec } from './faults/fault-spec.js';

/** The options. Each has a default; see {@link withDefaults}. */
export interface SimulatorOptions extends Partial<CampaignOptions> {
  /** The port; 0: any free port. */
  readonly port?: number;
  /** The address to listen on. */
  readonly host?: string;
  readonly token?: string;
  /** The simulator's present time: it stamps changes, sets the `Date` header, and decides what lags. */
  readonly clock?: { now(): number };
  /** The frequency of each kind of activity, as shares of one another; kinds that are not named keep theirs. */
  readonly activityMix?: Partial<Readonly<Record<ActivityKind, number>>>;
  readonly faults?: readonly FaultSpec[];
  /** The most entries of a page, whatever limit a request names. */
  readonly maxPageSize?: number;
  /** The most ids of a request for bodies; a request with more is refused with 413. */
  readonly maxIds?: number;
  /** The minutes by which the zone of `changedSince` is ahead of UTC. */
  readonly zoneMinutes?: number;
  /** True: answers are compressed for clients that accept it. */
  readonly gzip?: boolean;
}

export type FullOptions = Required<SimulatorOptions> & CampaignOptions & { readonly activityMix: ActivityMix };

type ActivityMix = Readonly<Record<ActivityKind, number>>;

const DAY_MS = 86_400_000;

/**
 * Fills in the defaults. The past ends with the last midnight, UTC, so that a campaign is the same all day; name
 * `historyEndMs` to repeat it later.
 */
export function withDefaults(options: SimulatorOptions): FullOptions {
  const clock = options.clock ?? { now: Date.now };
  const contacts = options.contacts ?? 1000;
  if (!((options.historyEndMs ?? 0) <= clock.now())) throw new RangeError('The past must end before now.');
  return {
    port: 0,
    host: '127.0.0.1',
    seed: 1,
    campaign: 'CAMPAIGN00000001',
    token: 'simulator-token',
    transactions: 2.5,
    fields: 10,
    inboundCalls: Math.floor(contacts / 20),
    hostileEvery: 0,
    historyEndMs: Math.floor(clock.now() / DAY_MS) * DAY_MS,
    historyDays: 30,
    md5IgnoresKinds: [],
    faults: [],
    maxPageSize: 1000,
    maxIds: 500,
    zoneMinutes: 60,
    gzip: true,
    ...options,
    clock,
    contacts,
    activityMix: { ...ACTIVITY_MIX, ...options.activityMix },
  };
}
