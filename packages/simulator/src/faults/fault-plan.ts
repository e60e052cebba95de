import { ENDPOINTS, type EndpointName } from '../api/endpoint-name.js';
import { createRandom, mix, type Random } from '../contact/random.js';
import { FAULT_KINDS, type Fault, type FaultKind, type FaultSpec } from './fault-spec.js';

/** The faults that are set, and how often they have struck. */
export interface FaultPlan {
  /** Replaces all faults; counting begins again. Throws a `TypeError` for a spec that is no fault. */
  set(specs: readonly FaultSpec[]): void;
  clear(): void;
  /** The number of times that faults of each kind have struck since the simulator started. */
  readonly struck: Readonly<Partial<Record<FaultKind, number>>>;
  /** Draws the faults that strike this request. */
  draw(endpoint: EndpointName): Strikes;
  /** Returns the status with which bodies of this contact fail; undefined where they do not. */
  poisonOf(index: number, id: string): number | undefined;
}

/** The faults of one request. */
export interface Strikes {
  find<K extends FaultKind>(kind: K): Extract<Fault, { kind: K }> | undefined;
}

interface ArmedFault {
  readonly spec: FaultSpec;
  readonly random: Random;
  readonly fromMs: number;
  readonly untilMs: number;
  seen: number;
  struck: number;
}

export function createFaultPlan(seed: number, clock: { now(): number }): FaultPlan {
  let armed: readonly ArmedFault[] = [];
  const struck: Partial<Record<FaultKind, number>> = {};

  const isDue = ({ fromMs, untilMs }: ArmedFault) => clock.now() >= fromMs && clock.now() < untilMs;

  const strikes = (fault: ArmedFault, endpoint: EndpointName) => {
    const { spec } = fault;
    if (spec.endpoint !== undefined && ![spec.endpoint].flat().includes(endpoint)) return false;
    if (!isDue(fault) || ++fault.seen <= (spec.skip ?? 0)) return false;
    if (fault.struck >= (spec.count ?? Number.POSITIVE_INFINITY)) return false;
    return spec.probability === undefined || fault.random.chance(spec.probability);
  };

  return {
    set: (specs) => {
      check(specs);
      armed = specs.map((spec, faultIndex) => arm(spec, mix(seed, faultIndex), clock.now()));
    },
    clear: () => {
      armed = [];
    },
    struck,
    draw: (endpoint) => {
      const struckNow = armed.filter((fault) => strikes(fault, endpoint));
      for (const fault of struckNow) {
        fault.struck++;
        struck[fault.spec.kind] = (struck[fault.spec.kind] ?? 0) + 1;
      }
      return {
        find: <K extends FaultKind>(kind: K) =>
          struckNow.map(({ spec }) => spec).find((spec): spec is Extract<FaultSpec, { kind: K }> => spec.kind === kind),
      };
    },
    poisonOf: (index, id) => {
      for (const fault of armed) {
        const { spec } = fault;
        if (spec.kind !== 'poison' || !isDue(fault)) continue;
        const isPoisonous = 'every' in spec ? (index + 1) % spec.every === 0 : spec.ids.includes(id);
        if (isPoisonous) return spec.status ?? 500;
      }
      return undefined;
    },
  };
}

/** Checks specs. Faults come from files and other processes too. */
function check(specs: readonly FaultSpec[]): void {
  if (!Array.isArray(specs)) throw new TypeError('Faults are a list.');
  for (const { kind, endpoint = [], from, until } of specs as readonly FaultSpec[]) {
    if (!FAULT_KINDS.includes(kind)) throw new TypeError(`There is no fault "${kind}": ${FAULT_KINDS.join(', ')}.`);
    for (const name of [endpoint].flat()) {
      if (!ENDPOINTS.includes(name)) throw new TypeError(`There is no endpoint "${name}": ${ENDPOINTS.join(', ')}.`);
    }
    for (const time of [from, until]) {
      if (time !== undefined && Number.isNaN(Date.parse(time))) throw new TypeError(`"${time}" is no time.`);
    }
  }
}

function arm(spec: FaultSpec, seed: number, nowMs: number): ArmedFault {
  const untilMs = spec.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(spec.until);
  return {
    spec,
    random: createRandom(spec.seed ?? seed),
    fromMs: spec.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(spec.from),
    untilMs: spec.kind === 'down' ? Math.min(untilMs, nowMs + spec.seconds * 1000) : untilMs,
    seen: 0,
    struck: 0,
  };
}
