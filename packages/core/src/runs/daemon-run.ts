import type { Ticker } from '../daemon/ticker.js';
import type { Observer, RunSummary } from '../observe/run-events.js';
import { runClaimLoop } from './claim-loop.js';
import { createLagWatch, type LagWatch } from './lag-watch.js';
import type { RunContext, RunSettings } from './run-settings.js';
import type { Session } from './session.js';

/**
 * Runs a daemon until it is stopped. It stands by while another process holds the stream, and reports when the copy falls behind.
 */
export async function daemonRun(
  settings: RunSettings,
  context: RunContext,
  run: (session: Session, watch: LagWatch) => Promise<void>,
): Promise<RunSummary> {
  const { clock, ticker } = context;
  const watch = createLagWatch({ ...settings, clock, observe: context.observe });
  const observe: Observer = (event) => {
    watch.hear(event);
    context.observe(event);
  };
  const [ended, failed] = [new AbortController(), new AbortController()];
  const looking = lookEachTick(watch, ticker, ended.signal);
  looking.catch((error: unknown) => failed.abort(error));
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const work = { standBy: true, run: (session: Session) => run(session, watch) };
  try {
    return await runClaimLoop(settings, { ...context, observe, signal }, work);
  } finally {
    ended.abort();
    await looking;
  }
}

async function lookEachTick(watch: LagWatch, ticker: Ticker, signal: AbortSignal): Promise<void> {
  for await (const _ of ticker(signal)) watch.look();
}
