import type { RequestOptions } from './api-caller.js';
import type { ByteBudget } from './byte-budget.js';
import type { ContactFetcher, ContactGroup, FetchedContact } from './contact-fetcher.js';
import { createContactGroups, kindOf } from './contact-groups.js';
import { createIdSource } from './id-source.js';
import type { RequestSize } from './request-size.js';
import type { RequestKind, RequestWindow } from './request-window.js';
import type { Suspects } from './suspects.js';

export interface BodiesOptions extends RequestOptions {
  /**
   * Asks for each contact alone, also for contacts that failed lately, and for few at a time, so that other calls go
   * on. Without it, contacts that failed lately fail at once.
   */
  readonly insist?: boolean;
}

/** The parts that all calls share. */
export interface BodiesSettings {
  readonly fetcher: ContactFetcher;
  readonly size: RequestSize;
  readonly window: RequestWindow;
  readonly budget: ByteBudget;
  readonly suspects: Suspects;
  /** The largest number of requests of one call that insists. */
  readonly insistingRequests: number;
}

/**
 * Fetches the contacts, and yields one result for each id, in no fixed order. Requests run in parallel and ahead of the
 * reader, as far as the window and the budget allow: if the reader stops reading, the requests stop too. Ends at once
 * when the signal aborts or the reader leaves.
 */
export async function* contactBodies(
  settings: BodiesSettings,
  ids: AsyncIterable<string> | Iterable<string>,
  options: BodiesOptions,
): AsyncGenerator<FetchedContact, void, undefined> {
  const { fetcher, size, window, budget, suspects, insistingRequests } = settings;
  const end = new AbortController();
  const call = { signal: AbortSignal.any([options.signal, end.signal]), onAnswered: options.onAnswered };
  const fetched: FetchedContact[] = [];
  let failure: { readonly error: unknown } | null = null;
  let running = 0;
  let wake = () => {};

  const fail = (error: unknown) => {
    failure ??= { error };
    wake();
  };

  const add = (contacts: readonly FetchedContact[]) => {
    fetched.push(...contacts);
    for (const contact of contacts) budget.keep(bytesOf(contact));
  };

  const fetchGroup = async (group: ContactGroup) => {
    running++;
    const kind = kindOf(group);
    const ended = window.begin(kind);
    const arrival = budget.expect(bytesExpected(kind, group.ids.length, size));
    try {
      const outcome = await fetcher.fetch(group, arrival, call);
      if (outcome.kind === 'split') groups.add(outcome.groups);
      else if (!end.signal.aborted) add(outcome.contacts);
    } catch (error) {
      fail(error);
    }
    arrival.end();
    ended();
    running--;
    startMore();
    wake();
  };

  const mayStart = (kind: RequestKind, ids: number) => {
    if (failure || end.signal.aborted) return false;
    if (running === 0 && fetched.length === 0) return true;
    if (options.insist && running >= insistingRequests) return false;
    return window.hasRoom(kind) && budget.hasRoomFor(bytesExpected(kind, ids, size));
  };

  const startMore = () => {
    for (let group = groups.next(); group; group = groups.next()) void fetchGroup(group);
  };

  const onReady = () => {
    startMore();
    wake();
  };
  const onAbort = () => fail(options.signal.reason);
  options.signal.throwIfAborted();
  options.signal.addEventListener('abort', onAbort, { once: true });
  const readAhead = options.insist ? insistingRequests : size.maxIds;
  const source = createIdSource(ids, { readAhead, onReady, onError: fail });
  const groups = createContactGroups({
    source,
    size,
    suspects,
    insist: options.insist ?? false,
    mayStart,
    onFailed: add,
  });
  try {
    while (true) {
      startMore();
      throwFailure(failure);
      const next = fetched.shift();
      if (next) {
        budget.drop(bytesOf(next));
        yield next;
      } else if (running === 0 && groups.isEmpty) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    options.signal.removeEventListener('abort', onAbort);
    end.abort();
    source.stop();
    for (const contact of fetched.splice(0)) budget.drop(bytesOf(contact));
  }
}

/**
 * Returns the room to keep for an answer. A contact that may hang gets none; if its answer comes, it is counted as it
 * arrives.
 */
function bytesExpected(kind: RequestKind, ids: number, { expectedBytes }: RequestSize): number {
  return kind === 'careful' && ids === 1 ? 0 : ids * expectedBytes;
}

function bytesOf(contact: FetchedContact): number {
  return contact.kind === 'body' ? contact.bytes : 0;
}

/** Throws the failure. It is an argument, because the compiler cannot see that callbacks set the variable. */
function throwFailure(failure: { readonly error: unknown } | null): void {
  if (failure) throw failure.error;
}
