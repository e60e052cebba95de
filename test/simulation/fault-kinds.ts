import type { Chance } from './chance.ts';
import { FILTERS } from './stream-settings.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The endpoints of the API; `null` in a fault: all of them. */
export type Endpoint = 'fields' | 'list' | 'bodies' | 'events' | 'inbound';

/** One fault. Probabilities are of one request, or of one call of the store. */
export type Fault =
  | { readonly kind: 'api-down'; readonly how: 'status' | 'cut' | 'hang'; readonly endpoint: Endpoint | null }
  | { readonly kind: 'api-busy'; readonly retryAfterS: number; readonly probability: number }
  | {
      readonly kind: 'bad-ids';
      readonly how: 'status' | 'hang' | 'busy';
      readonly share: number;
      readonly salt: number;
    }
  | { readonly kind: 'stray-status'; readonly status: number; readonly probability: number }
  | { readonly kind: 'broken-answers'; readonly probability: number }
  | {
      readonly kind: 'lagging-replica';
      readonly endpoint: Endpoint;
      readonly lagMs: number;
      readonly probability: number;
    }
  | { readonly kind: 'event-lag'; readonly lagMs: number }
  | { readonly kind: 'date-skew'; readonly skewMs: number; readonly probability: number }
  | { readonly kind: 'wall-jump'; readonly jumpMs: number }
  | { readonly kind: 'short-cursors'; readonly lifeMs: number; readonly entries: number }
  | { readonly kind: 'kill'; readonly sameHost: boolean }
  | { readonly kind: 'stop' }
  | { readonly kind: 'freeze'; readonly standby: boolean }
  | { readonly kind: 'machine-sleeps' }
  | { readonly kind: 'filter-changed'; readonly nr: number }
  | { readonly kind: 'since-changed'; readonly share: number }
  | { readonly kind: 'part-removed'; readonly what: 'column' | 'table'; readonly draw: number }
  | { readonly kind: 'store-down' }
  | { readonly kind: 'store-unsure'; readonly probability: number }
  | { readonly kind: 'store-slow'; readonly delayMs: number }
  | { readonly kind: 'store-hangs'; readonly probability: number }
  | { readonly kind: 'store-refuses'; readonly share: number; readonly salt: number }
  | { readonly kind: 'set-back'; readonly age: number; readonly isNoticed: boolean }
  | { readonly kind: 'state-lost' }
  | { readonly kind: 'target-down' }
  | { readonly kind: 'target-slow'; readonly delayMs: number }
  | { readonly kind: 'target-hangs'; readonly probability: number }
  | { readonly kind: 'target-refuses'; readonly share: number; readonly salt: number }
  | { readonly kind: 'rows-removed'; readonly what: 'contact' | 'record' | 'all'; readonly draw: number };

export type FaultKind = Fault['kind'];

export interface DrawnFault {
  readonly fault: Fault;
  readonly lastsMs: number;
}

/** Draws a fault of this kind, and how bad it is. */
export function drawFault(chance: Chance, kind: FaultKind): DrawnFault {
  return DRAWS[kind](chance);
}

/** Draws a duration: mostly minutes, now and then hours, rarely days. */
function span(chance: Chance): number {
  const draw = chance.random();
  if (draw < 0.75) return chance.between(30 * SECOND_MS, 30 * MINUTE_MS);
  if (draw < 0.97) return chance.between(30 * MINUTE_MS, 5 * HOUR_MS);
  return chance.between(5 * HOUR_MS, 3 * DAY_MS);
}

/**
 * Draws a short duration, for faults that keep the loop busy without end: hours of them show nothing new, and cost as
 * much as weeks of other weather.
 */
function briefly(chance: Chance): number {
  return chance.between(30 * SECOND_MS, 40 * MINUTE_MS);
}

const ENDPOINTS: readonly Endpoint[] = ['fields', 'list', 'bodies', 'events', 'inbound'];
const JUMPS_MS = [2 * MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, 7 * DAY_MS, 30 * DAY_MS];
const SKEWS_MS = [90 * SECOND_MS, 5 * MINUTE_MS, HOUR_MS, DAY_MS, 10 * DAY_MS];

function signed(chance: Chance, sizes: readonly number[]): number {
  return chance.pick(sizes) * (chance.happens(0.5) ? 1 : -1);
}

const DRAWS: { readonly [Kind in FaultKind]: (chance: Chance) => DrawnFault } = {
  'api-down': (chance) => ({
    fault: {
      kind: 'api-down',
      how: chance.pick(['status', 'status', 'cut', 'hang']),
      endpoint: chance.happens(0.6) ? null : chance.pick(ENDPOINTS),
    },
    lastsMs: span(chance),
  }),
  'api-busy': (chance) => ({
    fault: {
      kind: 'api-busy',
      retryAfterS: chance.pick([0, 1, 30, 120, 86_400]),
      probability: chance.pick([0.05, 0.5, 1]),
    },
    lastsMs: span(chance),
  }),
  'bad-ids': (chance) => {
    const how = chance.pick(['status', 'hang', 'busy'] as const);
    const share = chance.pick([0.03, 0.1, 0.5]);
    const salt = chance.upTo(1_000_000);
    return { fault: { kind: 'bad-ids', how, share, salt }, lastsMs: share < 0.5 ? span(chance) : briefly(chance) };
  },
  'stray-status': (chance) => ({
    fault: {
      kind: 'stray-status',
      status: chance.pick([401, 403, 404, 400, 410, 302]),
      probability: chance.pick([0.02, 0.1]),
    },
    lastsMs: chance.between(MINUTE_MS, 10 * MINUTE_MS),
  }),
  'broken-answers': (chance) => ({
    fault: { kind: 'broken-answers', probability: chance.pick([0.05, 0.3]) },
    lastsMs: span(chance),
  }),
  'lagging-replica': (chance) => ({
    fault: {
      kind: 'lagging-replica',
      endpoint: chance.pick(ENDPOINTS),
      lagMs: chance.pick([5 * SECOND_MS, MINUTE_MS, 4 * MINUTE_MS, 20 * MINUTE_MS, 3 * HOUR_MS]),
      probability: chance.pick([0.2, 0.5, 1]),
    },
    lastsMs: span(chance),
  }),
  'event-lag': (chance) => ({
    fault: { kind: 'event-lag', lagMs: chance.pick([30 * SECOND_MS, 3 * MINUTE_MS, 30 * MINUTE_MS, 5 * HOUR_MS]) },
    lastsMs: span(chance),
  }),
  'date-skew': (chance) => ({
    fault: { kind: 'date-skew', skewMs: signed(chance, SKEWS_MS), probability: chance.pick([0.01, 0.2, 1]) },
    lastsMs: span(chance),
  }),
  'wall-jump': (chance) => ({
    fault: { kind: 'wall-jump', jumpMs: signed(chance, JUMPS_MS) },
    lastsMs: span(chance),
  }),
  'short-cursors': (chance) => ({
    fault: {
      kind: 'short-cursors',
      lifeMs: chance.pick([100, SECOND_MS, 30 * SECOND_MS, HOUR_MS]),
      entries: chance.pick([3, 10, 25]),
    },
    lastsMs: span(chance),
  }),
  kill: (chance) => ({
    fault: { kind: 'kill', sameHost: chance.happens(0.7) },
    lastsMs: chance.between(SECOND_MS, 5 * MINUTE_MS),
  }),
  stop: (chance) => ({ fault: { kind: 'stop' }, lastsMs: chance.between(MINUTE_MS, 2 * HOUR_MS) }),
  freeze: (chance) => ({ fault: { kind: 'freeze', standby: chance.happens(0.7) }, lastsMs: span(chance) }),
  'store-down': (chance) => ({ fault: { kind: 'store-down' }, lastsMs: span(chance) }),
  'store-unsure': (chance) => {
    const probability = chance.pick([0.05, 0.3]);
    return { fault: { kind: 'store-unsure', probability }, lastsMs: briefly(chance) };
  },
  'store-slow': (chance) => ({
    fault: { kind: 'store-slow', delayMs: chance.pick([SECOND_MS, 20 * SECOND_MS]) },
    lastsMs: span(chance),
  }),
  'store-hangs': (chance) => ({
    fault: { kind: 'store-hangs', probability: chance.pick([0.02, 0.2]) },
    lastsMs: span(chance),
  }),
  'store-refuses': (chance) => ({
    fault: { kind: 'store-refuses', share: chance.pick([0.05, 0.5]), salt: chance.upTo(1_000_000) },
    lastsMs: span(chance),
  }),
  'set-back': (chance) => ({
    fault: { kind: 'set-back', age: chance.random(), isNoticed: chance.happens(0.5) },
    lastsMs: SECOND_MS,
  }),
  'target-down': (chance) => ({ fault: { kind: 'target-down' }, lastsMs: span(chance) }),
  'target-slow': (chance) => ({
    fault: { kind: 'target-slow', delayMs: chance.pick([SECOND_MS, 20 * SECOND_MS]) },
    lastsMs: span(chance),
  }),
  'target-hangs': (chance) => ({
    fault: { kind: 'target-hangs', probability: chance.pick([0.1, 1]) },
    lastsMs: span(chance),
  }),
  'target-refuses': (chance) => ({
    fault: { kind: 'target-refuses', share: chance.pick([0.05, 0.5]), salt: chance.upTo(1_000_000) },
    lastsMs: chance.between(MINUTE_MS, 20 * MINUTE_MS),
  }),
  'machine-sleeps': (chance) => ({ fault: { kind: 'machine-sleeps' }, lastsMs: span(chance) }),
  'filter-changed': (chance) => ({
    fault: { kind: 'filter-changed', nr: chance.upTo(FILTERS.length) },
    lastsMs: chance.between(SECOND_MS, 2 * MINUTE_MS),
  }),
  'since-changed': (chance) => ({
    fault: { kind: 'since-changed', share: chance.random() },
    lastsMs: chance.between(SECOND_MS, 2 * MINUTE_MS),
  }),
  'part-removed': (chance) => ({
    fault: { kind: 'part-removed', what: chance.pick(['column', 'table']), draw: chance.random() },
    lastsMs: SECOND_MS,
  }),
  'state-lost': () => ({ fault: { kind: 'state-lost' }, lastsMs: SECOND_MS }),
  'rows-removed': (chance) => ({
    fault: { kind: 'rows-removed', what: chance.pick(['contact', 'contact', 'record', 'all']), draw: chance.random() },
    lastsMs: SECOND_MS,
  }),
};

export const FAULT_KINDS = Object.keys(DRAWS) as FaultKind[];

const isOfTarget = (kind: FaultKind) => kind.startsWith('target-');
/** True for faults of stored data that are caused without dbsync. */
const isOfRows = (kind: FaultKind) => ['set-back', 'state-lost', 'rows-removed', 'store-refuses'].includes(kind);
const isOfTables = (kind: FaultKind) => kind === 'part-removed';

/** The faults of tables. */
export const TABLE_KINDS = FAULT_KINDS.filter((kind) => !isOfTarget(kind));
/** The faults of a store of rows. */
export const STORE_KINDS = TABLE_KINDS.filter((kind) => !isOfTables(kind));
/** The faults of an outbox and of the service behind it. */
export const DELIVERY_KINDS = FAULT_KINDS.filter((kind) => !isOfRows(kind) && !isOfTables(kind));
