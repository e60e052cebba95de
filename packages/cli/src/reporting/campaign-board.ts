import type { Observer, RunMode } from '@dbsync/core';
import type { Failure } from '../exit-code.js';
import { isDaemon } from '../options/daemon-mode.js';
import { createRunFigures, type RunFigures } from './metrics-figures.js';
import { readinessOf } from './metrics-readiness.js';

/**
 * The condition of a campaign of this process. current, late, standby: as for `/readyz`. copying: a run without cycles works.
 * pausing: an error ended it, and it starts again. stopped: its set-up is wrong, and it waits for a corrected file. done: it
 * has ended as asked.
 */
export type CampaignCondition =
  | 'starting'
  | 'current'
  | 'late'
  | 'standby'
  | 'copying'
  | 'stopping'
  | 'pausing'
  | 'stopped'
  | 'done';

/** The state of a campaign at this moment, without secrets. Durations count to now. */
export interface CampaignState {
  /** The name in the file of campaigns; the id of the campaign where there is no file. */
  readonly name: string;
  readonly campaign: string;
  readonly mode: RunMode;
  /** The target without secrets; null: not known before the first start. */
  readonly target: string | null;
  readonly condition: CampaignCondition;
  /** The time until it starts again; 0 where it does not wait for that. */
  readonly startsInMs: number;
  /** True where the campaign does its work, stands by to do so, or has done it. */
  readonly isReady: boolean;
  /** An upper bound of the lag; null: not known. */
  readonly lagMs: number | null;
  /** The time since the last cycle; null: none was completed. */
  readonly sinceCycleMs: number | null;
  /** The error that ended a run last; null: none did. */
  readonly lastError: CampaignError | null;
}

/** The error that ended a run. */
export interface CampaignError {
  readonly code: string;
  /** null: the code has none. */
  readonly remedy: string | null;
  readonly agoMs: number;
}

/** The state and the figures of one campaign, kept up to date by its events over all of its starts. */
export interface CampaignBoard {
  readonly name: string;
  readonly campaign: string;
  readonly mode: RunMode;
  readonly intervalMs: number;
  readonly figures: RunFigures;
  readonly observe: Observer;
  state(): CampaignState;
  /** Notes that the campaign starts, or starts again. */
  begin(): void;
  /** Notes an error that ended it. @param startsInMs until the next start; null: it stays stopped */
  fail(failure: Failure, startsInMs: number | null): void;
  /** Notes that it has ended as asked. */
  end(): void;
}

export interface CampaignBoardOptions {
  readonly name: string;
  readonly campaign: string;
  readonly mode: RunMode;
  readonly intervalMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export function createCampaignBoard(options: CampaignBoardOptions): CampaignBoard {
  const { name, campaign, mode, intervalMs, now } = options;
  const figures = createRunFigures(now);
  let target: string | null = null;
  let rest: { readonly condition: 'pausing' | 'stopped' | 'done'; readonly untilMs: number } | null = null;
  let lastError: (() => CampaignError) | null = null;

  const conditionOf = (): CampaignCondition => {
    if (rest !== null) return rest.condition;
    const { state } = readinessOf(figures, intervalMs);
    return state === 'late' && !isDaemon(mode) ? 'copying' : state;
  };

  return {
    name,
    campaign,
    mode,
    intervalMs,
    figures,
    observe(event) {
      figures.observe(event);
      if (event.type === 'started') target = event.target;
    },
    state() {
      const condition = conditionOf();
      const { lagMs, sinceCycleMs } = figures;
      return {
        name,
        campaign,
        mode,
        target,
        condition,
        startsInMs: rest === null ? 0 : Math.max(0, rest.untilMs - now()),
        isReady: READY.has(condition),
        lagMs,
        sinceCycleMs,
        lastError: lastError?.() ?? null,
      };
    },
    begin() {
      figures.startOver();
      rest = null;
    },
    fail({ code, remedy }, startsInMs) {
      const atMs = now();
      lastError = () => ({ code, remedy, agoMs: now() - atMs });
      figures.startOver();
      rest = { condition: startsInMs === null ? 'stopped' : 'pausing', untilMs: atMs + (startsInMs ?? 0) };
    },
    end() {
      figures.startOver();
      rest = { condition: 'done', untilMs: now() };
    },
  };
}

const READY: ReadonlySet<CampaignCondition> = new Set(['current', 'standby', 'copying', 'done']);
