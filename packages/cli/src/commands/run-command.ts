import { type Observer, systemClock } from '@dbsync/core';
import type { Ending, StopSignal } from '../exit-code.js';
import { isDaemon } from '../options/daemon-mode.js';
import { type RunOptions, runOptions } from '../options/run-options.js';
import { createCampaignBoard } from '../reporting/campaign-board.js';
import { openServiceNotice } from '../reporting/service-notice.js';
import { printNotice } from '../terminal/print-notice.js';
import { runCampaign } from './campaign-run.js';
import type { CommandContext } from './command-context.js';
import { metricsOf } from './metrics-of.js';
import { listenForStop, RUN_DRAIN_MS, stoppingReason } from './stop-signals.js';

/** Runs one of the four modes for one campaign, from its options to its end. */
export async function runCommand(context: CommandContext): Promise<Ending> {
  const options = runOptions(context.values);
  process.title = `dbsync ${options.mode} ${options.campaign}`;
  using stop = listenForStop(RUN_DRAIN_MS);
  await using pages = new AsyncDisposableStack();
  const service = openServiceNotice({
    variables: context.variables,
    notify: (notice) => printNotice(notice, context.output, options.json),
  });
  pages.defer(async () => service?.close());
  const watch = async () => {
    const life = service?.follow(options.intervalMs);
    const board = createCampaignBoard({
      ...options,
      name: options.campaign,
      now: () => systemClock.monotonic(),
    });
    const metrics = pages.use(await metricsOf(options, context, { hasMany: false }));
    const followed = metrics?.follow(board);
    const observe: Observer = (event) => {
      board.observe(event);
      followed?.observe(event);
      life?.observe(event);
    };
    return { observe, follow: followed?.follow ?? null, warning: metrics?.warning ?? null };
  };
  const end = await runCampaign(options, context, {
    stop: stop.signal,
    stopReason: () => stoppingReason(stop.received),
    watch,
    share: null,
  });
  return end.kind === 'failed' ? end : endingOf(options, stop.received);
}

/** Returns the ending. A stop is the normal end of a daemon; any other run had work left. */
function endingOf({ mode }: RunOptions, signal: StopSignal | null): Ending {
  return signal === null || isDaemon(mode) ? { kind: 'done' } : { kind: 'stopped', signal };
}
