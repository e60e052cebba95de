import { type ContactRequest, isUnshown } from './contact-request.js';

/** The time for which a contact stays wanted that an event or a listing named, and whose body did not come. */
export const WANTED_MS = 2 * 3_600_000;
const RETRY_MS = 60_000;
/** The time when a contact whose body lags is requested again, counted from the first such body. */
export const LAGGING_MS: readonly number[] = [20_000, 60_000, 120_000, 240_000];
/** The next listing finds the contacts beyond this number. */
const MAX_LAGGING = 1_000;
/** Contacts beyond this number are found by their lines, which are read again for two hours, and by listings. */
const MAX_WANTED = 100_000;

/**
 * The contacts to request again (R5). A contact that an answer lacked is requested for two hours. A contact whose body
 * lags is requested four times within four minutes. A body lags if it is older than the rows, or does not show the
 * change that a new line or a listing reported.
 *
 * The contacts are in memory only, and the events watermark moves on without them. After a restart the events of two
 * hours are read again, and the first listing compares all contacts that changed within two days before the last one,
 * so none is lost.
 */
export interface WantedContacts {
  /** Call when an answer lacked the contact. */
  missing(request: ContactRequest): void;
  /** Call when the contact's body lags. If this was the last request, the contact is wanted no longer. */
  lagging(request: ContactRequest): void;
  /** Returns whether the contact has lagged for two hours; then any body is believed. */
  hasWaitedEnough(contactId: string): boolean;
  /** Call when the contact was committed with this md5. If that shows the change, the contact is wanted no longer. */
  committed(contactId: string, md5: string | null): void;
  /**
   * Call when the contact has a dead letter, which is tried again separately. The contact is wanted no longer (R22).
   */
  leaveToRetries(contactId: string): void;
  /** Call when a listing named the stored md5: a body with an older md5 is then requested again for longer. */
  storedIsListed(contactId: string): void;
  isMissing(contactId: string): boolean;
  /** Returns the request for this contact, to be sent now; undefined: the contact is not wanted. */
  requestFor(contactId: string): ContactRequest | undefined;
  /** Takes the requests to send now; a missing contact is requested at most once a minute. */
  takeDue(): readonly ContactRequest[];
  /** Takes the contacts that are wanted no longer and that a full listing lacks as well; they are forgotten. */
  takeGone(isListed: (contactId: string) => boolean): readonly string[];
}

interface WantedContact {
  readonly kind: 'missing' | 'lagging';
  readonly request: ContactRequest;
  readonly firstMs: number;
  /** The time when the schedule of a lagging contact began. */
  sinceMs: number;
  askedMs: number;
  asked: number;
}

/** @param nowMs monotonic */
export function createWantedContacts(nowMs: () => number): WantedContacts {
  const wanted = new Map<string, WantedContact>();
  let lagging = 0;

  const remove = (contactId: string) => {
    if (wanted.get(contactId)?.kind === 'lagging') lagging--;
    wanted.delete(contactId);
  };
  const put = (kind: WantedContact['kind'], request: ContactRequest, firstMs: number) => {
    remove(request.id);
    if (kind === 'lagging') lagging++;
    wanted.set(request.id, { kind, request, firstMs, sinceMs: nowMs(), askedMs: nowMs(), asked: 0 });
  };

  const isYoung = ({ firstMs }: WantedContact) => nowMs() - firstMs <= WANTED_MS;
  const isDue = (entry: WantedContact) => {
    const nextMs = entry.kind === 'lagging' ? LAGGING_MS[entry.asked] : undefined;
    return nextMs === undefined ? nowMs() - entry.askedMs >= RETRY_MS : nowMs() - entry.sinceMs >= nextMs;
  };
  const isLast = (entry: WantedContact) =>
    entry.kind === 'lagging' && (entry.asked >= LAGGING_MS.length || !isYoung(entry));

  return {
    missing(request) {
      const known = wanted.get(request.id);
      if (known?.kind === 'missing' || (known === undefined && wanted.size >= MAX_WANTED)) return;
      put('missing', request, nowMs());
    },
    lagging(request) {
      const known = wanted.get(request.id);
      const isLagging = known?.kind === 'lagging';
      const isNews = request.attempt === 'first' && request.reason === 'changed';
      if (isLagging && !isNews) {
        if (isLast(known)) remove(request.id);
      } else if (isLagging || lagging < MAX_LAGGING) {
        put('lagging', { ...request, attempt: 'again' }, isLagging ? known.firstMs : nowMs());
      } else remove(request.id);
    },
    hasWaitedEnough(contactId) {
      const known = wanted.get(contactId);
      return known?.kind === 'lagging' && !isYoung(known);
    },
    committed(contactId, md5) {
      const known = wanted.get(contactId);
      if (known && !isUnshown(known.request, md5)) remove(contactId);
    },
    leaveToRetries: remove,
    storedIsListed(contactId) {
      const known = wanted.get(contactId);
      if (known?.kind !== 'lagging' || known.request.reason === 'changed' || !isYoung(known)) return;
      known.sinceMs = nowMs();
      known.asked = 0;
    },
    isMissing: (contactId) => wanted.get(contactId)?.kind === 'missing',
    requestFor: (contactId) => wanted.get(contactId)?.request,
    takeDue() {
      const due: ContactRequest[] = [];
      for (const entry of wanted.values()) {
        if (!isDue(entry) || (entry.kind === 'missing' && !isYoung(entry))) continue;
        entry.askedMs = nowMs();
        entry.asked++;
        due.push(isLast(entry) ? { ...entry.request, attempt: 'last' } : entry.request);
      }
      return due;
    },
    takeGone(isListed) {
      const isGone = (entry: WantedContact) =>
        entry.kind === 'missing' && !isYoung(entry) && !isListed(entry.request.id);
      const gone = [...wanted.values()].filter(isGone).map(({ request }) => request.id);
      for (const contactId of gone) remove(contactId);
      return gone;
    },
  };
}
