import type { Clock, DeliveryEvent, Observer } from '@dbsync/core';
import { createRunNews, isHeldBack, lateAfterMs } from '@dbsync/core/cli-kit';
import type { Reporting, StreamFacts } from '@dbsync/core/contract';
import type { DescribedCampaign } from '../commands/status/campaign-text.js';
import type { CampaignBoard, CampaignCondition, CampaignError } from '../reporting/campaign-board.js';
import { createMinuteHistory, type HistoryPart } from './minute-history.js';
import { createSeenErrors, type SeenError } from './seen-errors.js';
import { createTargetFacts, type TargetFacts } from './target-facts.js';

/** A campaign of this process, for the status page. */
export interface CampaignView {
  /** The name in the file of campaigns; the id of the campaign where there is no file. */
  readonly name: string;
  /** Hears each event of the runs, before or after the board. */
  readonly observe: Observer;
  /** Names the target, which the view asks for what it alone knows. The signal aborts at the end of the run. */
  follow(reporting: Pick<Reporting, 'describeStream'>, signal: AbortSignal): void;
  /** Returns the present state. */
  look(): Promise<ShownCampaign>;
}

/** The state of a campaign at one moment. */
export interface ShownCampaign {
  readonly name: string;
  readonly described: DescribedCampaign;
  /** The target for messages, without secrets; null: not known yet. */
  readonly target: string | null;
  /** The rows per second of the last five minutes; null: the process has just begun. */
  readonly rowsPerSecond: number | null;
  /** The answer to a question that the target alone can answer; `unasked`: it is not open yet, or its sink does not report. */
  readonly targetFacts: 'known' | 'silent' | 'unasked';
  /** The ends of attempts to deliver since the start of the process; null: not in mode `webhook`. */
  readonly ended: Omit<DeliveryEvent, 'type'> | null;
  readonly errors: readonly SeenError[];
  /** The last 24 hours in parts of this number of minutes, the oldest first. */
  history(minutesEach: number): readonly HistoryPart[];
}

/** The parts of a view. */
export interface ViewParts {
  /** The board of the campaign, which its events update. */
  readonly board: CampaignBoard;
  /** The state of this process. */
  readonly self: { readonly host: string; readonly pid: number };
  readonly clock: Clock;
}

const RATE_MINUTES = 5;

/** Creates the view of a campaign. */
export function createCampaignView({ board, self, clock }: ViewParts): CampaignView {
  const { name, campaign, mode, intervalMs, figures } = board;
  const now = () => clock.monotonic();
  const history = createMinuteHistory(now);
  const errors = createSeenErrors(now);
  const news = createRunNews(now);
  const ended = { accepted: 0, failed: 0, postponed: 0, dead: 0 };
  let heldSinceMs: number | null = null;
  let facts: TargetFacts | null = null;

  const holderOf = (known: StreamFacts | null): DescribedCampaign['holder'] => {
    if (figures.claim === 'held' && heldSinceMs !== null) {
      return { ...self, mode, heldMs: now() - heldSinceMs };
    }
    const other = known?.heldBy ?? null;
    return other && { host: other.process.host, pid: other.process.pid, mode: null, heldMs: null };
  };

  const describe = (known: StreamFacts | null): DescribedCampaign => {
    const { cycle, copied, filling, trouble } = news.state();
    const deliveries = known?.deliveries ?? null;
    const { condition, startsInMs } = board.state();
    return {
      campaign,
      state: stateOf(condition, deliveries),
      startsInMs,
      behindMs: figures.lagMs,
      allowedMs: lateAfterMs(intervalMs),
      now: new Date(known?.nowMs ?? clock.now()).toISOString(),
      holder: holderOf(known),
      cycle,
      copied,
      filling,
      trouble: trouble !== null && figures.waitingMs(trouble.for) > 0 ? trouble : null,
      progress: known?.progress ?? null,
      deadLetters: known?.deadLetters ?? null,
      requests: known?.requests ?? null,
      deliveries,
      keepsHeartbeats: true,
    };
  };

  return {
    name,
    observe(event) {
      history.hear(event);
      errors.hear(event);
      news.hear(event);
      if (event.type === 'claimed') {
        heldSinceMs = now();
        news.startOver();
      }
      if (event.type === 'delivery') for (const end of ENDS) ended[end] += event[end];
    },
    follow(reporting, signal) {
      facts = createTargetFacts(reporting, campaign, clock, signal);
    },
    async look() {
      const { condition, target, lastError } = board.state();
      // The target is closed where no run is under way.
      const asked = AT_REST.has(condition) ? null : facts;
      const known = (await asked?.read()) ?? null;
      return {
        name,
        described: describe(known),
        target,
        rowsPerSecond: history.recentRate(RATE_MINUTES),
        targetFacts: known !== null ? 'known' : asked === null ? 'unasked' : 'silent',
        ended: mode === 'webhook' ? { ...ended } : null,
        errors: withLast(errors.list(), lastError),
        history: history.parts,
      };
    },
  };
}

const ENDS = ['accepted', 'failed', 'postponed', 'dead'] as const;

const AT_REST: ReadonlySet<CampaignCondition> = new Set(['pausing', 'stopped', 'done']);

/** Decides as `dbsync status` does, which asks the target: held deliveries make a campaign late. */
function stateOf(
  condition: CampaignCondition,
  deliveries: DescribedCampaign['deliveries'],
): DescribedCampaign['state'] {
  return condition === 'current' && isHeldBack(deliveries) ? 'late' : condition;
}

/** Adds the error that ended a run, which no event tells. */
function withLast(errors: readonly SeenError[], last: CampaignError | null): readonly SeenError[] {
  if (last === null || errors.some(({ code }) => code === last.code)) return errors;
  const failure = { code: last.code, agoMs: last.agoMs, count: 1 };
  return [...errors, failure].sort((a, b) => a.agoMs - b.agoMs);
}
