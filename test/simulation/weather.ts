import type { Chance } from './chance.ts';
import { drawFault, type Fault, type FaultKind } from './fault-kinds.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A fault and how long it lasts, in milliseconds of true time. */
export type Spell = Fault & { readonly fromMs: number; readonly untilMs: number };

/** A time in which every fault may occur, then an hour without faults, in which the copy must catch up. */
export interface Phase {
  readonly stormUntilMs: number;
  readonly calmUntilMs: number;
}

/** The faults of a world, and when they come. They follow from the seed alone, whatever dbsync does. */
export interface Weather {
  /** Returns the phase that begins at this instant. */
  phase(fromMs: number): Phase;
  /** Returns the faults that begin in the hour after this instant. None outlasts the storm. */
  hour(fromMs: number, stormUntilMs: number): readonly Spell[];
}

export function createWeather(chance: Chance, kinds: readonly FaultKind[]): Weather {
  return {
    phase(fromMs) {
      const hours = chance.happens(0.08) ? chance.between(24, 60) : chance.between(2, 10);
      const stormUntilMs = fromMs + hours * HOUR_MS;
      return { stormUntilMs, calmUntilMs: stormUntilMs + HOUR_MS };
    },
    hour(fromMs, stormUntilMs) {
      const count = kinds.length === 0 ? 0 : chance.pick([0, 0, 1, 1, 1, 2, 3]);
      return Array.from({ length: count }, () => {
        const startMs = fromMs + chance.upTo(HOUR_MS);
        const { fault, lastsMs } = drawFault(chance, chance.pick(kinds));
        return { ...fault, fromMs: startMs, untilMs: Math.min(startMs + lastsMs, stormUntilMs) };
      }).filter((spell) => spell.untilMs > spell.fromMs);
    },
  };
}

/** The faults that are active now. */
export interface ActiveFaults {
  begin(spell: Spell): void;
  end(spell: Spell): void;
  /** Returns the faults of one kind, the oldest first. */
  of<K extends FaultKind>(kind: K): readonly Extract<Spell, { kind: K }>[];
  readonly all: readonly Spell[];
}

export function createActiveFaults(): ActiveFaults {
  let all: readonly Spell[] = [];
  return {
    begin(spell) {
      all = [...all, spell];
    },
    end(spell) {
      all = all.filter((other) => other !== spell);
    },
    of: (kind) => all.filter((spell): spell is Extract<Spell, { kind: typeof kind }> => spell.kind === kind),
    get all() {
      return all;
    },
  };
}
