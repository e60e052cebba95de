import type { Checks } from './checks.ts';
import type { CopyWatch } from './copy-watch.ts';
import type { WallClock } from './simulated-process.ts';
import type { SimulatedTarget } from './simulated-target.ts';
import { changeFilter, changeSince, FILTERS, type StreamSettings } from './stream-settings.ts';
import type { Daemon, Supervisor } from './supervisor.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { ActiveFaults, Spell } from './weather.ts';

/** The parts of a world that faults can change. */
export interface Reach {
  readonly time: VirtualTime;
  readonly faults: ActiveFaults;
  readonly target: SimulatedTarget;
  readonly watch: CopyWatch;
  readonly wall: WallClock;
  readonly settings: StreamSettings;
  readonly supervisor: Supervisor;
  readonly checks: Checks;
}

const MOST_DAEMONS = 2;

/** Begins a fault. The returned function ends it. */
export function applySpell(spell: Spell, reach: Reach): () => void {
  reach.faults.begin(spell);
  const undo = effectOf(spell, reach);
  return () => {
    reach.faults.end(spell);
    reach.checks.faultEnded(spell);
    undo();
  };
}

function effectOf(spell: Spell, reach: Reach): () => void {
  const { supervisor, wall, target, watch, time } = reach;
  switch (spell.kind) {
    case 'wall-jump': {
      wall.offsetMs += spell.jumpMs;
      return () => {
        wall.offsetMs -= spell.jumpMs;
      };
    }
    case 'kill': {
      for (const daemon of running(supervisor)) supervisor.kill(daemon, spell.sameHost);
      return () => startIfNone(supervisor);
    }
    case 'stop': {
      for (const daemon of running(supervisor)) daemon.stop();
      return () => startIfNone(supervisor);
    }
    case 'freeze':
      return freeze(spell, reach);
    case 'machine-sleeps': {
      const asleep = running(supervisor);
      for (const { process } of asleep) process.sleep();
      return () => {
        for (const { process } of asleep) process.thaw();
      };
    }
    case 'filter-changed': {
      endAll(supervisor);
      changeFilter(reach.settings, FILTERS[spell.nr] ?? reach.settings.filter, time.nowMs);
      return () => startIfNone(supervisor);
    }
    case 'since-changed': {
      endAll(supervisor);
      changeSince(reach.settings, spell.share);
      return () => startIfNone(supervisor);
    }
    case 'part-removed': {
      reach.checks.removed(target.removePart(spell.what, spell.draw));
      return nothing;
    }
    case 'set-back': {
      if (!target.setBack(spell.age)) return nothing;
      for (const { connection } of supervisor.daemons) if (spell.isNoticed) connection.cutConnection();
      watch.readAgain(time.nowMs);
      reach.checks.replaced();
      return nothing;
    }
    case 'state-lost': {
      target.loseState();
      reach.checks.replaced();
      return nothing;
    }
    case 'rows-removed': {
      reach.checks.removed(target.removeRows(spell.what, spell.draw));
      if (spell.what === 'all') reach.checks.callsRemoved();
      watch.readAgain(time.nowMs);
      reach.checks.replaced();
      return nothing;
    }
    default:
      return nothing;
  }
}

function nothing(): void {}

function running({ daemons }: Supervisor): readonly Daemon[] {
  return daemons.filter(({ process, isStopping }) => process.state === 'alive' && !isStopping);
}

/**
 * Ends all processes before a start with other options. A frozen process ends too: with the former options it would be
 * refused, as it should be (R15).
 */
function endAll(supervisor: Supervisor): void {
  for (const daemon of running(supervisor)) daemon.stop();
  for (const daemon of supervisor.daemons) if (daemon.process.state === 'frozen') supervisor.kill(daemon, true);
}

/** Starts a process where none runs. A process that still finishes its writes is waited for, as an init system does. */
function startIfNone(supervisor: Supervisor): void {
  if (running(supervisor).length > 0) return;
  for (const daemon of supervisor.daemons) if (daemon.isStopping) supervisor.kill(daemon, true);
  supervisor.start();
}

/** Freezes a process. A standby may start beside it; when the frozen one thaws, both run. */
function freeze(spell: Extract<Spell, { kind: 'freeze' }>, { supervisor }: Reach): () => void {
  const [daemon] = running(supervisor);
  if (daemon === undefined) return nothing;
  daemon.process.freeze();
  if (spell.standby && supervisor.daemons.length < MOST_DAEMONS) supervisor.start();
  return () => daemon.process.thaw();
}
