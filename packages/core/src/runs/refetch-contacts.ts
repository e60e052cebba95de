import { randomUUID } from 'node:crypto';
import type { Operator, RefetchCallsRequest } from '../contract/index.js';
import { toInstantOrNull } from '../discover/window.js';
import { checkedRequest } from './checked-request.js';
import type { CallStretch } from './compare-calls.js';
import { readCopy, refuseOtherPlan } from './copy-state.js';
import type { RunContext, RunSettings } from './run-settings.js';
import { untilAnswered } from './until-answered.js';

/** The most contacts that a request names, and the most characters of their ids. */
const CHUNK = 1_000;
const CHUNK_LENGTH = 400_000;

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
  const { signal } = context;
  const copy = await readCopy(settings, signal);
  if (copy.heldBy === null) refuseOtherPlan(settings, copy);
  const request = calls && checkedRequest(callsRequest(calls, context.clock.now()));
  const posted: string[] = [];
  let contacts = 0;
  for await (const chunk of chunksOf(contactIds)) {
    const key = `refetch-${randomUUID()}`;
    await store.postRequest(settings.campaign, { key, kind: 'refetch', contactIds: chunk }, { signal, by });
    posted.push(key);
    contacts += chunk.length;
  }
  if (request !== null) {
    await store.postRequest(settings.campaign, request, { signal, by });
    posted.push(request.key);
  }
  return { contacts, isDone: await untilAnswered(settings, context, openAgain, posted, onProgress) };
}

/**
 * Returns the request to read the calls of this stretch again. A call may have an odd time of any year: the request
 * begins at the first call where it would begin before 2000, and has no end where that would be in the future.
 */
function callsRequest({ fromMs, untilMs }: CallStretch, nowMs: number): RefetchCallsRequest {
  const from = fromMs === null || fromMs < FIRST_MS ? null : Math.min(fromMs, nowMs);
  const until = untilMs === undefined || untilMs > nowMs ? null : Math.max(untilMs, FIRST_MS);
  const key = `refetch-calls-${randomUUID()}`;
  return { key, kind: 'refetch-calls', from: toInstantOrNull(from), until: toInstantOrNull(until) };
}

/** The first instant that a request names. */
const FIRST_MS = Date.UTC(2000, 0);

/** Yields ids in the number that a request names at most. */
export async function* chunksOf(ids: Iterable<string> | AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let chunk: string[] = [];
  let length = 0;
  for await (const id of ids) {
    chunk.push(id);
    length += id.length;
    if (chunk.length < CHUNK && length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = [];
    length = 0;
  }
  if (chunk.length > 0) yield chunk;
}
