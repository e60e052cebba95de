import type { Clock } from '../concurrency/clock.js';
import { type CallOptions, type Fields, fieldOf, type Json } from '../contract/index.js';
import type { Observer } from '../observe/run-events.js';
import { parseList, parsePage, parseRecord, parseText } from './answers.js';
import type { ApiCaller, Call } from './api-caller.js';
import { ApiFault } from './api-fault.js';
import { parseListedContact } from './contact-list.js';
import type { RequestSize } from './request-size.js';

/** How often a request must fail while others succeed before the fault is sought in its ids (R6). */
const STRIKES = 3;

/** What became of the wish for one contact. */
export type FetchedContact =
  | {
      readonly kind: 'body';
      readonly id: string;
      readonly body: Fields;
      /** Its share of the answer. */
      readonly bytes: number;
    }
  /** The answer had no such contact: deleted, or not there yet. */
  | { readonly kind: 'missing'; readonly id: string }
  /** Asked for alone, it fails though others succeed. */
  | { readonly kind: 'failed'; readonly id: string; readonly code: string; readonly reason: string };

export type GroupOutcome =
  | { readonly kind: 'fetched'; readonly contacts: readonly FetchedContact[] }
  /** To be asked for again in smaller groups. */
  | { readonly kind: 'split'; readonly groups: readonly (readonly string[])[] };

/** Asks for the bodies of a group of contacts, in one request, until it is answered or the group is found to be at fault. */
export interface ContactFetcher {
  fetch(ids: readonly string[], options: CallOptions): Promise<GroupOutcome>;
}

export interface FetcherSettings {
  readonly caller: ApiCaller;
  readonly size: RequestSize;
  readonly clock: Clock;
  readonly observe: Observer;
}

export function createContactFetcher(settings: FetcherSettings): ContactFetcher {
  const { caller, size, clock, observe } = settings;
  /** Requests for bodies that succeeded so far. */
  let successes = 0;
  let lastGoodId: string | null = null;

  const ask = async (ids: readonly string[], signal: AbortSignal, hooks: Pick<Call<never>, 'onAttempt' | 'giveUp'>) => {
    const request = { path: 'contacts/', query: { include_md5: 'true' }, body: ids };
    const parse = (answer: Json, bytes: number) => ({ bodies: parseContacts(answer), bytes });
    const answer = await caller.call({ request, parse, ...hooks }, { signal });
    successes++;
    lastGoodId = answer.bodies.keys().next().value ?? lastGoodId;
    return answer;
  };

  /**
   * Whether the API gives other contacts, so that an outage of all of it is never taken for a fault of these ids. Where
   * the campaign has no others, the answer to the listing must do.
   */
  const othersSucceed = async (ids: readonly string[], signal: AbortSignal): Promise<boolean> => {
    const isTrial = { giveUp: () => true };
    try {
      const id = lastGoodId !== null && !ids.includes(lastGoodId) ? lastGoodId : await findOther(caller, ids, signal);
      if (id !== null) await ask([id], signal, isTrial);
      return true;
    } catch (error) {
      if (error instanceof ApiFault && !error.isFatal) return false;
      throw error;
    }
  };

  /**
   * A strike is a failure after a success of others, so each needs a success of its own. Where nobody else asks for
   * anything, another contact is tried: its success leaves these ids one more chance.
   */
  const judge = (ids: readonly string[], signal: AbortSignal) => {
    let strikes = 0;
    let successesSeen = successes;
    return async (fault: ApiFault, attempt: number): Promise<boolean> => {
      if (fault.code === 'API_BUSY') return false;
      if (isRefusal(fault) && ids.length > 1) return true;
      const enough = isRefusal(fault) ? 1 : STRIKES;
      if (successes > successesSeen) strikes++;
      if (strikes >= enough) return true;
      successesSeen = successes;
      if (attempt >= enough && caller.inFlight === 0 && (await othersSucceed(ids, signal))) {
        strikes = enough - 1;
        successesSeen = -1;
      }
      return false;
    };
  };

  return {
    async fetch(ids, { signal }) {
      let leftMs = 0;
      const onAttempt = () => {
        leftMs = clock.monotonic();
      };
      try {
        const { bodies, bytes } = await ask(ids, signal, { onAttempt, giveUp: judge(ids, signal) });
        size.answered(ids.length, bytes, clock.monotonic() - leftMs);
        reportUnasked(bodies, ids, observe);
        return { kind: 'fetched', contacts: contactsOf(ids, bodies, bytes) };
      } catch (error) {
        if (!(error instanceof ApiFault) || error.isFatal) throw error;
        if (isRefusal(error)) size.refused(ids.length);
        return split(ids, error);
      }
    },
  };
}

/** The request itself displeases, and would each time. */
function isRefusal({ status, code }: ApiFault): boolean {
  return status === 400 || status === 413 || code === 'API_ANSWER_TOO_LARGE';
}

function split(ids: readonly string[], { code, message: reason }: ApiFault): GroupOutcome {
  const [id = ''] = ids;
  if (ids.length === 1) return { kind: 'fetched', contacts: [{ kind: 'failed', id, code, reason }] };
  const middle = Math.ceil(ids.length / 2);
  return { kind: 'split', groups: [ids.slice(0, middle), ids.slice(middle)] };
}

/** Some contact that is not among these; null where the campaign has none. */
function findOther(caller: ApiCaller, ids: readonly string[], signal: AbortSignal): Promise<string | null> {
  const parse = (answer: Json) => {
    const { results } = parsePage(answer, 'contacts', parseListedContact);
    return results.find(({ id }) => !ids.includes(id))?.id ?? null;
  };
  const request = { path: 'contacts/list', query: { limit: ids.length + 1 } };
  return caller.call({ request, parse, giveUp: () => true }, { signal });
}

/** By id. A null among them stands for a contact that is not there. */
function parseContacts(answer: Json): ReadonlyMap<string, Fields> {
  const bodies = new Map<string, Fields>();
  for (const entry of parseList(answer, 'The answer to a request for contacts')) {
    if (entry === null) continue;
    const body = parseRecord(entry, 'A contact');
    bodies.set(parseText(fieldOf(body, '$id'), 'The $id of a contact'), body);
  }
  return bodies;
}

function contactsOf(ids: readonly string[], bodies: ReadonlyMap<string, Fields>, bytes: number): FetchedContact[] {
  const share = Math.ceil(bytes / Math.max(1, bodies.size));
  return ids.map((id) => {
    const body = bodies.get(id);
    return body ? { kind: 'body', id, body, bytes: share } : { kind: 'missing', id };
  });
}

function reportUnasked(bodies: ReadonlyMap<string, Fields>, ids: readonly string[], observe: Observer): void {
  const asked = new Set(ids);
  const unasked = [...bodies.keys()].filter((id) => !asked.has(id));
  if (unasked.length === 0) return;
  const message = `The API sent ${unasked.length} contacts that were not asked for, ${unasked[0]} among them; left aside.`;
  observe({ type: 'notice', level: 'warn', code: 'API_CONTACT_UNASKED', message });
}
