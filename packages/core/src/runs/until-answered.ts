import { answerRequests } from './answer-requests.js';
import { runClaimLoop } from './claim-loop.js';
import { createFieldWatch } from './declare-fields.js';
import { MAILBOX_WAIT } from './mailbox-wait.js';
import type { RunContext, RunSettings } from './run-settings.js';

/**
 * Waits until the requests with these keys are settled. Where no process holds the stream, this one claims it and
 * carries out the requests itself. Returns false where the holder has yet to do a part of them.
 * @param openAgain returns the same settings with a store of its own, not opened, to work with under a claim
 */
export async function untilAnswered(
  settings: RunSettings,
  context: RunContext,
  openAgain: () => Promise<RunSettings>,
  keys: readonly string[],
  onProgress: (settled: number, posted: number) => void,
): Promise<boolean> {
  const { store } = settings.sink;
  const { clock, signal } = context;
  const { lookMs, patienceMs } = MAILBOX_WAIT;
  let pending = keys.length;
  for (let idleMs = 0; pending > 0 && idleMs < patienceMs; idleMs += lookMs) {
    const { heldBy = null } = await store.readState(settings.campaign, { signal });
    if (heldBy === null) await answerMailbox(await openAgain(), context);
    else await clock.sleep(lookMs, signal);
    const left = await pendingOf(settings, context, keys);
    if (left < pending) idleMs = 0;
    pending = left;
    onProgress(keys.length - pending, keys.length);
  }
  return pending === 0;
}

async function pendingOf(
  { sink: { store }, campaign }: RunSettings,
  { signal }: RunContext,
  keys: readonly string[],
): Promise<number> {
  const waiting = new Set(await store.verifying?.listRequests(campaign, { signal }));
  return keys.filter((key) => waiting.has(key)).length;
}

/** Claims the stream, carries out all requests in its mailbox, and ends. */
async function answerMailbox(settings: RunSettings, context: RunContext): Promise<void> {
  await runClaimLoop(settings, context, {
    standBy: false,
    async run(session) {
      await createFieldWatch().check(session);
      await answerRequests(session);
    },
  });
}
