import type { Clock } from '../concurrency/clock.js';
import { type Fields, fieldOf, type Json } from '../contract/index.js';
import { pageBytes } from './answer-limits.js';
import { parseList, parsePage, parseRecord, parseText } from './answers.js';
import type { ApiCaller, Call } from './api-caller.js';
import { ApiFault } from './api-fault.js';
import { parseListedContact } from './contact-list.js';
import type { Transfer } from './http-transport.js';
import type { OthersAnswered } from './limit-scope.js';

/** The number of listed contacts from which a trial chooses. */
const TRIAL_CHOICE = 20;

/** The answer to a request for contacts. */
export interface ContactsAnswer {
  /** The bodies by contact id. */
  readonly bodies: ReadonlyMap<string, Fields>;
  readonly bytes: number;
  readonly tookMs: number;
}

/** The limits of a request for contacts, and the decision when it is given up. */
export type ContactsCall = Pick<Call<never>, 'transfer' | 'onAttempt' | 'giveUp' | 'other' | 'isSentOnce'>;

export interface TrialOptions {
  readonly transfer: Transfer;
  /** The largest number of contacts that are asked for, one after the other, while the API asks to wait for each. */
  readonly most: number;
}

/** Sends requests for contact bodies, and the trial that tells a fault of some contacts from a fault of the API. */
export interface ContactRequests {
  ask(ids: readonly string[], call: ContactsCall, signal: AbortSignal): Promise<ContactsAnswer>;
  /**
   * Returns whether the API gives a contact that is not among these, the first one or one of several. If the campaign has no
   * other contact, an answer to the listing is enough.
   */
  tryOther(ids: readonly string[], options: TrialOptions, signal: AbortSignal): Promise<OthersAnswered>;
}

export interface ContactRequestsSettings {
  readonly caller: ApiCaller;
  readonly clock: Clock;
  /** Returns whether a contact is suspect. A trial with such a contact would prove nothing. */
  readonly isSuspect: (contactId: string) => boolean;
  /** Called after each request that brought bodies, with the time when it was sent. */
  readonly onSuccess: (leftMs: number) => void;
}

export function createContactRequests(settings: ContactRequestsSettings): ContactRequests {
  const { caller, clock, isSuspect, onSuccess } = settings;
  /** A contact that was fetched lately. A trial asks for it again. */
  let lastGoodId: string | null = null;
  let trials = 0;

  const findOthers = (ids: readonly string[], transfer: Transfer, signal: AbortSignal): Promise<readonly string[]> => {
    const parse = (answer: Json) => {
      const { results } = parsePage(answer, 'contacts', parseListedContact);
      const others = results.map(({ id }) => id).filter((id) => !ids.includes(id) && !isSuspect(id));
      const start = trials % Math.max(1, others.length);
      return [...others.slice(start), ...others.slice(0, start)];
    };
    const request = { path: 'contacts/list', query: { limit: ids.length + TRIAL_CHOICE } };
    const limited = { ...transfer, maxAnswerBytes: pageBytes(request.query.limit) };
    return caller.call({ request, parse, transfer: () => limited, isSentOnce: true }, { signal });
  };

  /** Yields contacts that are not among these: the one that was fetched lately, then some of a listing, others each time. */
  async function* othersThan(ids: readonly string[], transfer: Transfer, signal: AbortSignal) {
    const known = lastGoodId;
    lastGoodId = null;
    if (known !== null && !ids.includes(known)) yield known;
    for (const id of await findOthers(ids, transfer, signal)) {
      yield id;
      trials++;
    }
  }

  const requests: ContactRequests = {
    async ask(ids, call, signal) {
      let leftMs = 0;
      const onAttempt = () => {
        leftMs = clock.monotonic();
        call.onAttempt?.();
      };
      const request = { path: 'contacts/', query: { include_md5: 'true' }, body: ids };
      const parse = (answer: Json, bytes: number) => ({ bodies: parseContacts(answer), bytes });
      const answer = await caller.call({ request, parse, ...call, onAttempt }, { signal });
      onSuccess(leftMs);
      lastGoodId = answer.bodies.keys().next().value ?? lastGoodId;
      return { ...answer, tookMs: clock.monotonic() - leftMs };
    },
    async tryOther(ids, { transfer, most }, signal) {
      trials++;
      let asked = 0;
      try {
        for await (const id of othersThan(ids, transfer, signal)) {
          asked++;
          const isGiven = await requests
            .ask([id], { transfer: () => transfer, isSentOnce: true }, signal)
            .then(() => true, refused);
          if (isGiven) return asked === 1 ? 'first' : 'later';
          if (asked === most) return 'none';
        }
      } catch (error) {
        if (error instanceof ApiFault && !error.isFatal) return 'none';
        throw error;
      }
      return asked === 0 ? 'first' : 'none';
    },
  };
  return requests;
}

/** Returns false where the API asks to wait; throws any other error. */
function refused(error: unknown): false {
  if (error instanceof ApiFault && !error.isFatal && error.asksToSlowDown) return false;
  throw error;
}

/** Returns the bodies by contact id. A null in the answer stands for a contact that does not exist. */
function parseContacts(answer: Json): ReadonlyMap<string, Fields> {
  const bodies = new Map<string, Fields>();
  for (const entry of parseList(answer, 'The answer to a request for contacts')) {
    if (entry === null) continue;
    const body = parseRecord(entry, 'A contact');
    bodies.set(parseText(fieldOf(body, '$id'), 'The $id of a contact'), body);
  }
  return bodies;
}
