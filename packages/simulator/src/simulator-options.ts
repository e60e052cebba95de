import { ACTIVITY_MIX, type ActivityKind } from './campaign/activity.js';
import type { CampaignOptions } from './campaign/campaign-options.js';
import type { FaultSpec } from './faults/fault-spec.js';

/** Everything has a default; see {@link withDefaults} for them. */
export interface SimulatorOptions extends Partial<CampaignOptions> {
  /** 0: any free port. */
  readonly port?: number;
  /** The address to listen on. */
  readonly host?: string;
  readonly token?: string;
  /** What the simulator takes for now: it stamps changes, sets the `Date` header, and decides what lags. */
  readonly clock?: { now(): number };
  /** How often each kind of activity happens, as shares of one another; kinds that are not named keep theirs. */
  readonly activityMix?: Partial<Readonly<Record<ActivityKind, number>>>;
  readonly faults?: readonly FaultSpec[];
  /** Most entries a page, whatever limit a request names. */
  readonly maxPageSize?: number;
  /** Most ids a request for bodies; more are refused with 413. */
  readonly maxIds?: number;
  /** How far the zone in which `changedSince` is a day is ahead of UTC. */
  readonly zoneMinutes?: number;
  /** Whether answers are compressed for clients that take it. */
  readonly gzip?: boolean;
}

export type FullOptions = Required<SimulatorOptions> & CampaignOptions & { readonly activityMix: ActivityMix };

type ActivityMix = Readonly<Record<ActivityKind, number>>;

const DAY_MS = 86_400_000;

/** The past ends with the last midnight, UTC, so that a campaign is the same all day; name `historyEndMs` to repeat it later. */
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
