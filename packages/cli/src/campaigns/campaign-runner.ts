import type { Clock } from '@dbsync/core';
import type { CampaignEnd } from '../commands/campaign-run.js';
import type { ErrorCodeName } from '../error-codes.js';
import type { Failure } from '../exit-code.js';
import type { CampaignBoard } from '../reporting/campaign-board.js';
import { formatDuration } from '../terminal/figures.js';
import type { StartPlace, StartQueue } from './start-queue.js';

/** The pause before a campaign starts again doubles with each failure. A start that lasted long enough begins at the first one. */
const FIRST_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 300_000;
const LASTED_MS = 600_000;

/** Keeps one campaign running: starts it, and starts it again after an error that may pass. */
export interface CampaignRunner {
  readonly board: CampaignBoard;
  /** Asks the run to finish its writes and end. Resolves when it has. @param reason for its log */
  stop(reason: string): Promise<void>;
  /** Resolves when it neither runs nor will run again. null: it has ended as asked; else the error that keeps it stopped. */
  readonly ended: Promise<Failure | null>;
  /** failed: the error of `ended` keeps it stopped. done: it has ended as asked. */
  readonly state: 'running' | 'done' | 'failed';
}

export interface CampaignRunnerOptions {
  readonly board: CampaignBoard;
  readonly clock: Clock;
  /** Gives each start its turn. */
  readonly starts: StartQueue;
  /** Runs the campaign once. Never rejects. @param place hears the events of the run */
  readonly runOnce: (stop: AbortSignal, stopReason: () => string, place: StartPlace) => Promise<CampaignEnd>;
  /** Called when it was stopped, and will not run again. */
  readonly close: () => void;
  /** Prints an error that ended the campaign, and what happens next. */
  readonly tell: (failure: Failure, next: { readonly code: ErrorCodeName; readonly message: string }) => void;
}

export function startCampaignRunner({
  board,
  clock,
  starts,
  runOnce,
  close,
  tell,
}: CampaignRunnerOptions): CampaignRunner {
  const stopping = new AbortController();
  let stopReason = '';
  let state: CampaignRunner['state'] = 'running';

  const keepRunning = async (): Promise<Failure | null> => {
    let failures = 0;
    for (;;) {
      board.begin();
      const place = await starts.enter(stopping.signal).catch(ignoreStop);
      if (!place) {
        board.end();
        return null;
      }
      const startedMs = clock.monotonic();
      const end = await runOnce(stopping.signal, () => stopReason, place);
      place.leave();
      if (end.kind === 'ended' || (stopping.signal.aborted && mayPass(end.failure))) {
        board.end();
        return null;
      }
      failures = clock.monotonic() - startedMs >= LASTED_MS ? 1 : failures + 1;
      const { failure } = end;
      const pauseMs = mayPass(failure) ? pauseAfter(failures) : null;
      board.fail(failure, pauseMs);
      tell(failure, pauseMs === null ? STOPPED : repeatedIn(pauseMs));
      if (pauseMs === null) return failure;
      await clock.sleep(pauseMs, stopping.signal).catch(ignoreStop);
      if (stopping.signal.aborted) {
        board.end();
        return null;
      }
    }
  };
  const ended = keepRunning().then((failure) => {
    state = failure === null ? 'done' : 'failed';
    return failure;
  });

  return {
    board,
    ended,
    get state() {
      return state;
    },
    async stop(reason) {
      stopReason = reason;
      stopping.abort(new Error(reason));
      await ended;
      close();
    },
  };
}

const STOPPED = {
  code: 'CLI_CAMPAIGN_STOPPED',
  message: 'The campaign is stopped. Correct this, then send SIGHUP to dbsync; the other campaigns go on.',
} as const;

function repeatedIn(pauseMs: number) {
  const message = `The campaign starts again in ${formatDuration(pauseMs)}; the other campaigns go on.`;
  return { code: 'CLI_CAMPAIGN_REPEATED', message } as const;
}

/** True for an error that may pass: the service manager, too, starts a process that ended so again. */
function mayPass({ exit }: Failure): boolean {
  return exit === 1 || exit === 3;
}

function pauseAfter(failures: number): number {
  return Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 30));
}

/** Ignores the end of a wait: the caller asks the signal. */
function ignoreStop(): void {}
