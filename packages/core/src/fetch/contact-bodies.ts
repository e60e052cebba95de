import type { RequestOptions } from './api-caller.js';
import type { ByteBudget } from './byte-budget.js';
import type { ContactFetcher, ContactGroup, FetchedContact } from './contact-fetcher.js';
import { createIdSource, type IdSource } from './id-source.js';
import type { RequestSize } from './request-size.js';
import type { RequestKind, RequestWindow } from './request-window.js';
import type { Suspects } from './suspects.js';

export interface BodiesOptions extends RequestOptions {
  /**
   * Asks for each contact alone, those too that failed lately, and for few at a time, so that other calls go on. Without
   * it such contacts fail at once.
   */
  readonly insist?: boolean;
}

/** What all calls share. */
export interface BodiesSettings {
  readonly fetcher: ContactFetcher;
  readonly size: RequestSize;
  readonly window: RequestWindow;
  readonly budget: ByteBudget;
  readonly suspects: Suspects;
  /** Most requests of one call that insists. */
  readonly insistingRequests: number;
}

/**
 * One answer for each id, in no order. Requests run side by side and ahead of the reader, as far as window and budget let
 * them: a reader that stands still stands them still. Ends at once when the signal aborts or the reader leaves.
 */
export async function* contactBodies(
  settings: BodiesSettings,
  ids: AsyncIterable<string> | Iterable<string>,
  options: BodiesOptions,
): AsyncGenerator<FetchedContact, void, undefined> {
  const { fetcher, size, window, budget, insistingRequests } = settings;
  const end = new AbortController();
  const call = { signal: AbortSignal.any([options.signal, end.signal]), onAnswered: options.onAnswered };
  const fetched: FetchedContact[] = [];
  const groups: ContactGroup[] = [];
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
    const ended = window.begin(kindOf(group));
    const arrival = budget.expect(group.ids.length * size.expectedBytes);
    try {
      const outcome = await fetcher.fetch(group, arrival, call);
      if (outcome.kind === 'split') groups.push(...outcome.groups);
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

  const hasRoom = () => {
    if (failure || end.signal.aborted) return false;
    if (running === 0 && fetched.length === 0) return true;
    if (options.insist && running >= insistingRequests) return false;
    const next = groups.at(-1);
    const ids = next?.ids.length ?? (options.insist ? 1 : size.ids);
    const kind = next ? kindOf(next) : options.insist ? 'careful' : 'ordinary';
    return window.hasRoom(kind) && budget.hasRoomFor(ids * size.expectedBytes);
  };

  const startMore = () => {
    while (hasRoom()) {
      const group = groups.pop() ?? takeGroup(source, settings, options.insist ?? false, { add, groups });
      if (group === null) return;
      void fetchGroup(group);
    }
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
  try {
    while (true) {
      startMore();
      throwFailure(failure);
      const next = fetched.shift();
      if (next) {
        budget.drop(bytesOf(next));
        yield next;
      } else if (running === 0 && groups.length === 0 && source.isEmpty) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    options.signal.removeEventListener('abort', onAbort);
    end.abort();
    source.stop();
    for (const contact of fetched.splice(0)) budget.drop(bytesOf(contact));
  }
}

/** The next group of the source; null where it has none for now. Suspects go alone, or fail at once. */
function takeGroup(
  source: IdSource,
  { size, suspects }: BodiesSettings,
  insist: boolean,
  { add, groups }: { readonly add: (failed: readonly FetchedContact[]) => void; readonly groups: ContactGroup[] },
): ContactGroup | null {
  for (;;) {
    const taken = source.take(insist ? 1 : size.ids);
    if (taken.length === 0) return null;
    if (insist) return { ids: taken, careful: true };
    const ids = taken.filter((id) => !suspects.has(id));
    for (const id of taken) {
      const failure = suspects.restingFailure(id);
      if (failure) add([{ kind: 'failed', id, ...failure }]);
      else if (suspects.has(id)) groups.unshift({ ids: [id], careful: true });
    }
    const group = ids.length > 0 ? { ids, careful: false } : groups.pop();
    if (group) return group;
  }
}

function kindOf({ careful }: ContactGroup): RequestKind {
  return careful ? 'careful' : 'ordinary';
}

function bytesOf(contact: FetchedContact): number {
  return contact.kind === 'body' ? contact.bytes : 0;
}

/** Takes it as an argument: the compiler cannot see that callbacks set it. */
function throwFailure(failure: { readonly error: unknown } | null): void {
  if (failure) throw failure.error;
}
