import { createChance } from './chance.ts';
import { applySpell } from './fault-effects.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { TargetName } from './simulated-target.ts';
import type { Violation } from './violations.ts';
import type { VirtualGlobals } from './virtual-globals.ts';
import { createVirtualTime, StuckError } from './virtual-time.ts';
import { createWeather, DAY_MS, HOUR_MS, MINUTE_MS, type Spell } from './weather.ts';
import { createWorldLog } from './world-log.ts';
import { createWorldParts, type WorldParts } from './world-parts.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly days: number;
  readonly kinds: readonly FaultKind[];
  /** The target; null: the seed decides. */
  readonly target: TargetName | null;
  /** Called for each event, in words; null: none. */
  readonly trace: ((atMs: number, line: string) => void) | null;
}

/** The result of one world. */
export interface WorldResult {
  readonly violations: readonly Violation[];
  /** The simulated hours: fewer than requested where a promise was broken. */
  readonly hours: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly checks: ReadonlyMap<string, number>;
  /** A hash over all events: the same seed gives the same one. */
  readonly digest: string;
  readonly target: TargetName;
}

const CHECK_EVERY_MS = 5 * MINUTE_MS;
/** People stop working this time before the end of a calm hour: then the copy is current, and no work is left. */
const REST_MS = 30 * MINUTE_MS;
const CHANGES_AN_HOUR = 6;

/** Simulates one world to its end, or to the first promise that is broken. */
export async function runWorld(options: WorldOptions, globals: VirtualGlobals): Promise<WorldResult> {
  const { seed, days, kinds, trace } = options;
  const time = createVirtualTime();
  const wall = { offsetMs: 0 };
  globals.use({ time, wall, random: createChance(seed, 'core').random });
  const log = createWorldLog(time, trace);
  const world = createWorldParts({ seed, target: options.target }, { time, wall, log });
  const { checks, supervisor, target } = world;
  const weather = createWeather(
    createChance(seed, 'weather'),
    kinds.filter((kind) => target.kinds.includes(kind)),
  );
  const moments = createChance(seed, 'moments');
  const faults = new Map<string, number>();
  let phase = weather.phase(0);
  let hours = 0;
  const unhandled = (error: unknown) =>
    checks.broken('running', `A rejection that nothing handles ends the process: ${error}`);
  process.on('unhandledRejection', unhandled);
  supervisor.start();
  try {
    for (let hourMs = 0; hourMs < days * DAY_MS && checks.violations.length === 0; hourMs += HOUR_MS) {
      if (hourMs >= phase.calmUntilMs) phase = weather.phase(hourMs);
      const isCalm = hourMs >= phase.stormUntilMs;
      for (const spell of isCalm ? [] : weather.hour(hourMs, phase.stormUntilMs)) {
        planSpell(world, spell);
        faults.set(spell.kind, (faults.get(spell.kind) ?? 0) + 1);
      }
      const activeMs = isCalm ? HOUR_MS - REST_MS : HOUR_MS;
      for (let nr = 0; nr < CHANGES_AN_HOUR; nr += 1) planChange(world, hourMs + moments.upTo(activeMs));
      await passHour(world, hourMs, isCalm);
      hours += 1;
    }
  } catch (error) {
    if (error instanceof StuckError) checks.broken('requests', error.message);
    else checks.broken('running', `An error that nothing catches ends the process: ${error}`);
  }
  process.off('unhandledRejection', unhandled);
  for (const daemon of supervisor.daemons) supervisor.kill(daemon, true);
  target.close();
  return {
    violations: checks.violations,
    hours,
    faults,
    checks: checks.counts,
    digest: log.digest(),
    target: target.name,
  };
}

function planSpell(world: WorldParts, spell: Spell): void {
  const { time, log } = world;
  time.at(spell.fromMs, () => {
    log.line(`for ${Math.round((spell.untilMs - spell.fromMs) / 1000)} s: ${JSON.stringify(spell)}`);
    const undo = applySpell(spell, world);
    time.at(spell.untilMs, () => {
      log.line(`no more: ${spell.kind}`);
      undo();
    });
  });
}

function planChange({ time, faults, activity }: WorldParts, atMs: number): void {
  time.at(atMs, () => {
    const [lag] = faults.of('event-lag');
    const untilMs = lag ? Math.min(time.nowMs + lag.lagMs, lag.untilMs) : time.nowMs;
    activity.step(time.nowMs, untilMs - time.nowMs);
  });
}

async function passHour({ time, checks, target, intervalMs }: WorldParts, hourMs: number, isCalm: boolean) {
  for (let ms = CHECK_EVERY_MS; ms <= HOUR_MS; ms += CHECK_EVERY_MS) {
    await time.runUntil(hourMs + ms);
    checks.check(isCalm ? ms : null, isCalm && ms > HOUR_MS - REST_MS + 2 * intervalMs);
    await checks.checkStatus();
    if (checks.violations.length > 0) return;
  }
  target.keepSnapshot();
  target.tidy();
}
