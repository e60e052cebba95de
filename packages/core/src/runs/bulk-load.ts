import type { Backoff } from '../concurrency/backoff.js';
import { repeatCall } from '../concurrency/repeat.js';
import type { SinkError } from '../contract/index.js';
import { type ContactRequest, plainRequest } from '../discover/contact-request.js';
import type { ContactPipeline, MoveOptions, MoveResult } from './contact-pipeline.js';
import { longBuild } from './long-build.js';
import type { Session, StoreSession } from './session.js';

const BUSY_BACKOFF: Backoff = { firstMs: 500, maxMs: 10_000 };

/**
 * Begins to load a first copy without keys (R20), where the store can, or continues such a load that another process left.
 * Else it finishes that load. Returns whether the load is on.
 */
export async function beginLoading(session: StoreSession): Promise<boolean> {
  const { store, claim, progress } = session;
  const { bulk } = store;
  if (bulk === undefined) return false;
  const isFirst = progress.current.fullyListedFrom === null;
  const isOn = isFirst && (await longBuild(session, (call) => bulk.begin(claim, call)));
  if (!isOn) await finishLoading(session);
  return isOn;
}

/**
 * Builds the keys that a first copy was loaded without, whichever process began it; returns at once where none are
 * missing. Contacts that it returns must be fetched again: they share an id with another one (R18).
 */
export function finishLoading(session: StoreSession): Promise<readonly string[]> {
  const { store, claim, context, storeGate, stop } = session;
  const { bulk } = store;
  if (bulk === undefined) return Promise.resolve([]);
  const finish = () => longBuild(session, (call) => bulk.finish(claim, call));
  const mayRepeat = (error: SinkError) =>
    error.verdict === 'retryable' &&
    error.outcome === 'not-committed' &&
    !error.connectionLost &&
    !error.isUnclassified;
  const repeat = { clock: context.storeClock, backoff: BUSY_BACKOFF, signal: stop, mayRepeat };
  return storeGate.runAlone(() => repeatCall(finish, repeat), stop);
}

/**
 * Moves the contacts of a first load: each that the store has never seen once, then the keys are built, then the others
 * (R20).
 */
export async function moveFirstLoad(
  session: Session,
  requests: AsyncIterable<ContactRequest>,
  options: MoveOptions,
): Promise<MoveResult> {
  const { pipeline } = session;
  const known: ContactRequest[] = [];
  const first = await pipeline.move(newOnes(requests, known), options);
  const removed = await finishLoading(session);
  const again = [...known, ...removed.map(plainRequest)];
  const second = await moveMore(pipeline, again, options);
  return {
    missing: new Set([...first.missing, ...second.missing]),
    lagging: new Set([...first.lagging, ...second.lagging]),
  };
}

async function* newOnes(
  requests: AsyncIterable<ContactRequest>,
  known: ContactRequest[],
): AsyncGenerator<ContactRequest> {
  for await (const request of requests) {
    if (request.stored === null) yield request;
    else known.push(request);
  }
}

async function moveMore(
  pipeline: ContactPipeline,
  requests: readonly ContactRequest[],
  options: MoveOptions,
): Promise<MoveResult> {
  if (requests.length === 0) return { missing: new Set(), lagging: new Set() };
  return pipeline.move(requests, { ...options, of: requests.length });
}
