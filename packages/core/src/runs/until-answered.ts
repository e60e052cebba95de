import { backoffDelayMs } from '../concurrency/backoff.js';
import { answerRequests } from './answer-requests.js';
import { runClaimLoop } from './claim-loop.js';
import { createFieldWatch } from './declare-fields.js';
import { MAILBOX_WAIT } from './mailbox-wait.js';
import { READING_BACKOFF } from './reading-backoff.js';
import type { RunContext, RunSettings } from './run-settings.js';
import type { Session } from './session.js';

/**
 * Waits until the requests with these keys are settled. Where no process holds the stream, this one claims it and
 * carries out the requests itself. Returns false where the holder has yet to do a part of them.
 * @param openAgain returns the same settings with a store of its own, not opened, to work with under a claim
 * @param answer carries out all requests in the mailbox, where no process holds the stream
 */
export async function untilAnswered(
  settings: RunSettings,
  context: RunContext,
  openAgain: () => Promise<RunSettings>,
  keys: readonly string[],
  onProgress: (settled: number, posted: number) => void,
  answer: (settings: RunSettings, context: RunContext) => Promise<void> = answerMailbox,
): Promise<boolean> {
  const { store } = settings.sink;
  const { clock, signal } = context;
  const { lookMs, patienceMs } = MAILBOX_WAIT;
  let pending = keys.length;
  let own = 0;
  let pauseMs = 0;
  for (let idleMs = 0; pending > 0 && idleMs < patienceMs; ) {
    if (pauseMs > 0) await clock.sleep(pauseMs, signal);
    const { heldBy = null } = await store.readState(settings.campaign, { signal });
    if (heldBy === null) await answer(await openAgain(), context);
    const left = await pendingOf(settings, context, keys);
    own = left < pending || heldBy !== null ? 1 : own + 1;
    pauseMs = heldBy === null ? ownPauseMs(own) : lookMs;
    idleMs = left < pending ? 0 : idleMs + pauseMs;
    pending = left;
    onProgress(keys.length - pending, keys.length);
  }
  return pending === 0;
}

/** Returns the pause before this process carries out requests once more that it did not finish. */
function ownPauseMs(rounds: number): number {
  return backoffDelayMs(READING_BACKOFF, rounds, { retryAfterMs: READING_BACKOFF.firstMs });
}

async function pendingOf(
  { sink: { store }, campaign }: RunSettings,
  { signal }: RunContext,
  keys: readonly string[],
): Promise<number> {
  const waiting = new Set(await store.verifying?.listRequests(campaign, { signal, keys }));
  return keys.filter((key) => waiting.has(key)).length;
}

/** Carries out all requests, and takes as long as it needs, because no other process carries them out. */
export function answerWhole(session: Session): Promise<void> {
  return answerRequests(session, Number.POSITIVE_INFINITY);
}

/** Claims the stream, carries out all requests in its mailbox, and ends. */
async function answerMailbox(settings: RunSettings, context: RunContext): Promise<void> {
  await runClaimLoop(settings, context, {
    standBy: false,
    async run(session) {
      await createFieldWatch().check(session);
      await answerWhole(session);
    },
  });
}
