import type { Clock } from '../concurrency/clock.js';
import { repeat } from '../concurrency/repeat.js';
import type { Fields } from '../contract/index.js';
import type { Observer } from '../observe/run-events.js';
import type { ApiCaller, RequestOptions } from './api-caller.js';
import { ApiFault } from './api-fault.js';
import type { Arrival } from './byte-budget.js';
import { type ContactsCall, createContactRequests } from './contact-request.js';
import { createFaultJudge, isRefusal, type Trial } from './fault-judge.js';
import type { RequestSize } from './request-size.js';
import type { RequestWindow } from './request-window.js';
import type { Suspects } from './suspects.js';

/** The wait for the next byte if one of the contacts may be why a request timed out; doubled with each failure. */
const FIRST_PATIENCE_MS = 10_000;
const LAST_PATIENCE_MS = 60_000;
/** The first of these waits where many contacts hang. A contact that is slow, and does not hang, is tried again later. */
const SHORT_PATIENCE_MS = 1_000;
/** The wait for a whole answer; doubled with each failure, so that a large contact gets the time that it needs. */
const FIRST_DEADLINE_MS = 120_000;
const LAST_DEADLINE_MS = 600_000;
/**
 * After a failure the contacts of a group are asked for one by one. A group larger than this is first split into this many smaller
 * groups.
 */
const SINGLES_FROM_IDS = 32;
const SPLIT_GROUPS = 8;

/**
 * The number of other contacts that dbsync asks for before it takes a limit as one of the whole API, which delays all requests for
 * minutes: the API may refuse most contacts and give the rest.
 */
const LIMIT_TRIALS = 8;

/** The result for one contact that was asked for. */
export type FetchedContact =
  | {
      readonly kind: 'body';
      readonly id: string;
      readonly body: Fields;
      /** The contact's share of the answer, in bytes. */
      readonly bytes: number;
    }
  /** The answer had no such contact: it is deleted, or does not exist yet. */
  | { readonly kind: 'missing'; readonly id: string }
  /** The contact was asked for alone and failed, while others succeeded. */
  | { readonly kind: 'failed'; readonly id: string; readonly code: string; readonly reason: string };

/** The contacts of one request. */
export interface ContactGroup {
  readonly ids: readonly string[];
  /** One of the contacts may be why a request timed out, so the wait for an answer is short. */
  readonly careful: boolean;
}

export type GroupAnswer =
  | { readonly kind: 'fetched'; readonly contacts: readonly FetchedContact[] }
  /** The contacts must be asked for again, in smaller groups. */
  | { readonly kind: 'split'; readonly groups: readonly ContactGroup[] };

/**
 * Asks for the bodies of a group of contacts, in one request, until it is answered or the group is found to be the
 * cause of the failure.
 */
export interface ContactFetcher {
  fetch(group: ContactGroup, arrival: Arrival, options: RequestOptions): Promise<GroupAnswer>;
}

export interface FetcherSettings {
  readonly caller: ApiCaller;
  readonly size: RequestSize;
  readonly window: RequestWindow;
  readonly suspects: Suspects;
  /** The largest number of bytes of an answer to a request for more than one contact. */
  readonly maxGroupBytes: number;
  readonly clock: Clock;
  readonly observe: Observer;
}

export function createContactFetcher(settings: FetcherSettings): ContactFetcher {
  const { caller, size, window, suspects, maxGroupBytes, clock, observe } = settings;
  const judge = createFaultJudge(clock);
  const requests = createContactRequests({ caller, clock, isSuspect: suspects.has, onSuccess: judge.succeeded });

  /**
   * Returns whether the way to the API is overloaded, and no contact is the cause: the answer had begun, or no other
   * answer came.
   */
  const isCongestion = (fault: ApiFault, { careful }: ContactGroup, leftMs: number, bytes: number) =>
    fault.isTimeout && (bytes > 0 || !(careful || suspects.hangMany || judge.hasSucceededSince(leftMs)));

  /** Where many contacts hang, earlier time-outs say nothing about the size and the number of requests. */
  const noteHang = () => {
    const hungMany = suspects.hangMany;
    suspects.hung();
    if (hungMany || !suspects.hangMany) return;
    size.startOver();
    window.startOver();
  };

  const callFor = ({ ids, careful }: ContactGroup, arrival: Arrival, signal: AbortSignal) => {
    const [id = ''] = ids;
    const earlierFailures = ids.length === 1 ? suspects.failuresOf(id) : 0;
    const attempt = { count: 0, leftMs: 0 };
    const limits = () => {
      const failures = earlierFailures + Math.max(0, attempt.count - 1);
      return limitsAfter(failures, patience(careful, suspects.hangMany && earlierFailures === 0));
    };
    const tryOther = (most: number) => requests.tryOther(ids, { transfer: limits(), most }, signal);
    const isUp = async () => (await tryOther(1)) !== 'none';
    const trial = judge.trial({ ids, careful, isSuspect: suspects.has(id), tryOther: isUp });
    const onBytes = (bytes: number) => {
      const hold = arrival.receive(bytes);
      size.arriving(ids.length, arrival.bytes);
      return hold;
    };
    const call: ContactsCall = {
      transfer: () => ({ ...limits(), onBytes, ...(ids.length > 1 && { maxAnswerBytes: maxGroupBytes }) }),
      onAttempt() {
        attempt.count++;
        attempt.leftMs = clock.monotonic();
        trial.onAttempt();
        arrival.restart();
      },
      giveUp: trial.giveUp,
      other: { key: 'contacts/', ask: () => tryOther(LIMIT_TRIALS) },
    };
    return { call, attempt, trial };
  };

  return {
    async fetch(group, arrival, { signal, onAnswered }) {
      const { ids } = group;
      const { call, attempt, trial } = callFor(group, arrival, signal);
      await trial.prepare();
      try {
        const { bodies, bytes, tookMs } = await askUntilDecided(trial, () => requests.ask(ids, call, signal), signal);
        size.answered(ids.length, bytes, tookMs);
        window.answered(tookMs);
        onAnswered?.(tookMs);
        for (const id of ids) suspects.answered(id);
        reportUnasked(bodies, ids, observe);
        return { kind: 'fetched', contacts: contactsOf(ids, bodies, bytes) };
      } catch (error) {
        if (!(error instanceof ApiFault) || error.isFatal) throw error;
        if (isRefusal(error)) size.refused(ids.length);
        if (isCongestion(error, group, attempt.leftMs, arrival.bytes)) {
          size.timedOut(ids.length);
          window.timedOut(attempt.leftMs);
        } else if (error.isTimeout) noteHang();
        if (ids.length > 1 || (error.isTimeout && !group.careful)) return split(ids, error, arrival.bytes);
        const [id = ''] = ids;
        const failure = { code: error.code, reason: error.message };
        suspects.failed(id, failure);
        return { kind: 'fetched', contacts: [{ kind: 'failed', id, ...failure }] };
      }
    },
  };
}

/** Repeats a request that was given up undecided, without a pause: after a pause the API might be down again. */
function askUntilDecided<T>(trial: Trial, ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return repeat(ask, {
    signal,
    onFailure(error) {
      if (!(error instanceof ApiFault && trial.isUndecided)) throw error;
    },
  });
}

/** Returns the first wait for a byte. It is shorter where one of the contacts may hang, and where many contacts do. */
function patience(careful: boolean, hangMany: boolean): number {
  if (careful) return hangMany ? SHORT_PATIENCE_MS : FIRST_PATIENCE_MS;
  return hangMany ? FIRST_PATIENCE_MS : LAST_PATIENCE_MS;
}

/** Returns the limits of the next attempt, after this number of failures. */
function limitsAfter(failures: number, firstIdleMs: number) {
  const factor = 2 ** Math.min(failures, 10);
  const idleMs = Math.min(LAST_PATIENCE_MS, firstIdleMs * factor);
  return { idleMs, deadlineMs: Math.min(LAST_DEADLINE_MS, FIRST_DEADLINE_MS * factor) };
}

/**
 * Splits a failed group straight into small groups, so that good contacts do not wait for several time-outs in a row.
 * If nothing had arrived, the parts are asked for with short waits: one of the contacts may hang.
 */
function split(ids: readonly string[], fault: ApiFault, bytes: number): GroupAnswer {
  const careful = fault.isTimeout && (bytes === 0 || ids.length === 1);
  const groups: ContactGroup[] = [];
  const length = partLength(ids.length, fault);
  for (let start = 0; start < ids.length; start += length) {
    groups.push({ ids: ids.slice(start, start + length), careful });
  }
  return { kind: 'split', groups };
}

function partLength(ids: number, fault: ApiFault): number {
  if (isRefusal(fault)) return Math.ceil(ids / 2);
  return ids > SINGLES_FROM_IDS ? Math.ceil(ids / SPLIT_GROUPS) : 1;
}

function contactsOf(ids: readonly string[], bodies: ReadonlyMap<string, Fields>, bytes: number): FetchedContact[] {
  const share = Math.ceil(bytes / Math.max(1, bodies.size));
  return ids.map((id) => {
    const body = bodies.get(id);
    return body ? { kind: 'body', id, body, bytes: share } : { kind: 'missing', id };
  });
}

/** Limits an id in a message: an id that the API sent without being asked may have any length. */
const SHOWN_LENGTH = 100;

function reportUnasked(bodies: ReadonlyMap<string, Fields>, ids: readonly string[], observe: Observer): void {
  const asked = new Set(ids);
  const unasked = [...bodies.keys()].filter((id) => !asked.has(id));
  if (unasked.length === 0) return;
  const message = `The API sent ${unasked.length} contacts that dbsync did not ask for, such as ${unasked[0]?.slice(0, SHOWN_LENGTH)}. dbsync ignores them.`;
  observe({ type: 'notice', level: 'warn', code: 'API_CONTACT_UNASKED', message });
}
