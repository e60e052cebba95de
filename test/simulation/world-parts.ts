import { type Campaign, createCampaign, newestVersion } from './campaign.ts';
import { type CampaignActivity, createCampaignActivity } from './campaign-activity.ts';
import { createCampaignAnswers } from './campaign-answers.ts';
import { createChance } from './chance.ts';
import { type Checks, createChecks } from './checks.ts';
import { createCopyStarts } from './copy-starts.ts';
import { type CopyWatch, createCopyWatch } from './copy-watch.ts';
import type { WallClock } from './simulated-process.ts';
import type { SimulatedTarget, TargetName } from './simulated-target.ts';
import { createStreamSettings, PAST_MS, type StreamSettings } from './stream-settings.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import { createTarget, TARGETS } from './targets.ts';
import type { VirtualTime } from './virtual-time.ts';
import { type ActiveFaults, createActiveFaults, DAY_MS, MINUTE_MS } from './weather.ts';
import { batchInWords, eventInWords, type WorldLog } from './world-log.ts';
import { createWrongClocks } from './wrong-clocks.ts';

/** All parts of a world, connected. */
export interface WorldParts {
  readonly time: VirtualTime;
  readonly log: WorldLog;
  readonly intervalMs: number;
  readonly wall: WallClock;
  readonly settings: StreamSettings;
  readonly faults: ActiveFaults;
  readonly campaign: Campaign;
  readonly activity: CampaignActivity;
  readonly target: SimulatedTarget;
  readonly watch: CopyWatch;
  readonly checks: Checks;
  readonly supervisor: Supervisor;
}

/** The starts of first runs: the beginning of the campaign, or a later instant. */
const STARTS_MS = [-PAST_MS, -PAST_MS, -20 * DAY_MS, -2 * DAY_MS];

/** The choice of a world: the seed, and the target (null: the seed decides). */
export interface WorldChoice {
  readonly seed: number;
  readonly target: TargetName | null;
}

export function createWorldParts(
  { seed, target: wanted }: WorldChoice,
  { time, wall, log }: Pick<WorldParts, 'time' | 'wall' | 'log'>,
): WorldParts {
  const chance = createChance(seed, 'settings');
  const intervalMs = chance.pick([1, 5, 5, 5, 5, 10, 10, 10]) * MINUTE_MS;
  const drawn = chance.pick(TARGETS);
  const settings = createStreamSettings(chance.happens(0.3) ? null : chance.pick(STARTS_MS));
  const faults = createActiveFaults();
  const campaign = createCampaign(
    () => time.nowMs,
    (contact) => {
      watch.changed(contact.id);
      log.line(`campaign ${contact.id} ${contact.deletedMs === null ? newestVersion(contact).nr : 'is gone'}`);
    },
  );
  const target = createTarget(wanted ?? drawn, {
    campaign,
    time,
    faults,
    settings,
    chance: createChance(seed, 'target'),
  });
  const watch = createCopyWatch(campaign, target);
  const activity = createCampaignActivity(campaign, createChance(seed, 'activity'));
  const { calls } = campaign;
  const daemons = () => supervisor.daemons;
  const wrongClocks = createWrongClocks({ time, wall, faults, daemons });
  const checks = createChecks({ time, wall, target, watch, faults, wrongClocks, intervalMs, calls, daemons });
  const starts = createCopyStarts({ time, target, settings, watch, wrongClocks });
  const supervisor = createSupervisor({
    time,
    wall,
    target,
    intervalMs,
    settings,
    api: {
      time,
      faults,
      answers: createCampaignAnswers(campaign),
      chance: createChance(seed, 'api'),
      onRequest: (endpoint) => {
        checks.requested();
        log.line(`request ${endpoint}`);
      },
    },
    stores: {
      time,
      faults,
      chance: createChance(seed, 'store'),
      holders: new Map(),
      onClaim: (claim, process) => {
        checks.claimed(claim);
        starts.claimed(process);
      },
      onRead: starts.read,
      onRefuse: starts.refused,
      onCommit: (batch, process, claim) => {
        log.line(`${process.nr} commits ${batchInWords(batch)}`);
        starts.committed(batch, process);
        watch.committed(batch, time.nowMs);
        checks.committed(batch, claim);
      },
    },
    onEvent: (event, daemon) => log.line(`${daemon.process.nr} ${eventInWords(event)}`),
    onEnd: (daemon, error, isForGood) => {
      log.line(`${daemon.process.nr} ends: ${error}`);
      if (isForGood) checks.broken('running', `A process ended, to stay stopped: ${error}`);
    },
  });
  return { time, log, intervalMs, wall, settings, faults, campaign, activity, target, watch, checks, supervisor };
}
