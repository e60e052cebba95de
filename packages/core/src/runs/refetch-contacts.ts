import { randomUUID } from 'node:crypto';
import type { Operator } from '../contract/index.js';
import { toInstant } from '../discover/window.js';
import { answerRequests } from './answer-requests.js';
import { runClaimLoop } from './claim-loop.js';
import type { CallStretch } from './compare-calls.js';
import { readCopy, refuseOtherPlan } from './copy-state.js';
import { createFieldWatch } from './declare-fields.js';
import { MAILBOX_WAIT } from './mailbox-wait.js';
import type { RunContext, RunSettings } from './run-settings.js';

/** The most contacts that a request names. */
const CHUNK = 1_000;

/** The contacts to fetch and write again, and a callback for the progress. */
export interface RefetchOptions {
  readonly contactIds: Iterable<string> | AsyncIterable<string>;
  /** The inbound calls of this stretch are read again too. Null: none. */
  readonly calls: CallStretch | null;
  readonly by: Operator;
  /** Called as requests are settled. */
  onProgress(settled: number, posted: number): void;
}

/** The outcome of a refetch. */
export interface RefetchReport {
  readonly contacts: number;
  /** False where the process that holds the campaign has not yet done all of it. */
  readonly isDone: boolean;
}

/**
 * Posts requests to fetch these contacts again, and waits until that is done. Where no process holds the stream, this
 * one claims it and carries out the requests itself. A request whose process was ended stays in the mailbox: the next
 * holder does it. The store must be open.
 * @param openAgain returns the same settings with a store of its own, not opened, to work with under a claim
 */
export async function refetchContacts(
  settings: RunSettings,
  context: RunContext,
  openAgain: () => Promise<RunSettings>,
  { contactIds, calls, by, onProgress }: RefetchOptions,
): Promise<RefetchReport> {
  const { store } = settings.sink;
  const { clock, signal } = context;
  const { lookMs, patienceMs } = MAILBOX_WAIT;
  const copy = await readCopy(settings, signal);
  if (copy.heldBy === null) refuseOtherPlan(settings, copy);
  const posted: string[] = [];
  let contacts = 0;
  for await (const chunk of chunksOf(contactIds)) {
    const key = `refetch-${randomUUID()}`;
    await store.postRequest(settings.campaign, { key, kind: 'refetch', contactIds: chunk }, { signal, by });
    posted.push(key);
    contacts += chunk.length;
  }
  if (calls !== null) {
    const key = `refetch-calls-${randomUUID()}`;
    const [from, until] = [calls.fromMs, calls.untilMs ?? null].map((ms) => (ms === null ? null : toInstant(ms)));
    const request = { key, kind: 'refetch-calls', from: from ?? null, until: until ?? null } as const;
    await store.postRequest(settings.campaign, request, { signal, by });
    posted.push(key);
  }
  let pending = posted.length;
  for (let idleMs = 0; pending > 0 && idleMs < patienceMs; idleMs += lookMs) {
    const { heldBy = null } = await store.readState(settings.campaign, { signal });
    if (heldBy === null) await answerMailbox(await openAgain(), context);
    else await clock.sleep(lookMs, signal);
    const left = await pendingOf(settings, context, posted);
    if (left < pending) idleMs = 0;
    pending = left;
    onProgress(posted.length - pending, posted.length);
  }
  return { contacts, isDone: pending === 0 };
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

async function* chunksOf(ids: Iterable<string> | AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let chunk: string[] = [];
  for await (const id of ids) {
    chunk.push(id);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
