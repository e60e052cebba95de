import type { Ticker } from '../daemon/ticker.js';
import type { Observer, RunSummary } from '../observe/run-events.js';
import { runClaimLoop, type SessionWork } from './claim-loop.js';
import { createLagWatch, type LagWatch } from './lag-watch.js';
import type { RunContext, RunSettings } from './run-settings.js';
import type { Session } from './session.js';

/** The work of a daemon: see {@link SessionWork}. */
export interface DaemonWork extends Pick<SessionWork, 'prepare'> {
  run(session: Session, watch: LagWatch): Promise<void>;
}

/**
 * Runs a daemon until it is stopped. It stands by while another process holds the stream, and reports when the copy falls behind.
 */
export async function daemonRun(settings: RunSettings, context: RunContext, work: DaemonWork): Promise<RunSummary> {
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
  const claimWork: SessionWork = { ...work, standBy: true, run: (session) => work.run(session, watch) };
  try {
    return await runClaimLoop(settings, { ...context, observe, signal }, claimWork);
  } finally {
    ended.abort();
    await looking;
  }
}

async function lookEachTick(watch: LagWatch, ticker: Ticker, signal: AbortSignal): Promise<void> {
  for await (const _ of ticker(signal)) watch.look();
}
