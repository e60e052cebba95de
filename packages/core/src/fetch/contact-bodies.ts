import type { CallOptions } from '../contract/index.js';
import type { ContactFetcher, FetchedContact } from './contact-fetcher.js';
import { createIdSource } from './id-source.js';
import type { RequestSize } from './request-size.js';

export interface BodiesLimits {
  /** Most groups under way. */
  readonly concurrency: number;
  /** Most bytes of answers that nobody has taken yet, those under way included; a single larger one still comes. */
  readonly maxBufferedBytes: number;
}

/**
 * One answer for each id, in no order. Requests run side by side and ahead of the reader, as far as the limits let them:
 * a reader that stands still stands them still. Ends at once when the signal aborts or the reader leaves.
 */
export async function* contactBodies(
  fetcher: ContactFetcher,
  size: RequestSize,
  ids: AsyncIterable<string> | Iterable<string>,
  options: CallOptions & BodiesLimits,
): AsyncGenerator<FetchedContact, void, undefined> {
  const end = new AbortController();
  const request = { ...options, signal: AbortSignal.any([options.signal, end.signal]) };
  const fetched: FetchedContact[] = [];
  const halves: (readonly string[])[] = [];
  let failure: { readonly error: unknown } | null = null;
  let running = 0;
  let bytesUnderWay = 0;
  let bytesFetched = 0;
  let wake = () => {};

  const fail = (error: unknown) => {
    failure ??= { error };
    wake();
  };

  const fetchGroup = async (group: readonly string[]) => {
    const expectedBytes = group.length * size.expectedBytes;
    running++;
    bytesUnderWay += expectedBytes;
    try {
      const outcome = await fetcher.fetch(group, request);
      if (outcome.kind === 'split') halves.push(...outcome.groups);
      else {
        fetched.push(...outcome.contacts);
        for (const contact of outcome.contacts) bytesFetched += bytesOf(contact);
      }
    } catch (error) {
      fail(error);
    }
    running--;
    bytesUnderWay -= expectedBytes;
    startMore();
    wake();
  };

  const hasRoom = () => {
    if (failure || running >= options.concurrency) return false;
    if (running === 0 && fetched.length === 0) return true;
    return bytesFetched + bytesUnderWay + size.ids * size.expectedBytes <= options.maxBufferedBytes;
  };

  const startMore = () => {
    while (hasRoom()) {
      const group = halves.pop() ?? source.take(size.ids);
      if (group.length === 0) return;
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
  const source = createIdSource(ids, { readAhead: size.maxIds, onReady, onError: fail });
  try {
    while (true) {
      startMore();
      throwFailure(failure);
      const next = fetched.shift();
      if (next) {
        bytesFetched -= bytesOf(next);
        yield next;
      } else if (running === 0 && halves.length === 0 && source.isEmpty) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    options.signal.removeEventListener('abort', onAbort);
    end.abort();
    source.stop();
  }
}

function bytesOf(contact: FetchedContact): number {
  return contact.kind === 'body' ? contact.bytes : 0;
}

/** Takes it as an argument: the compiler cannot see that callbacks set it. */
function throwFailure(failure: { readonly error: unknown } | null): void {
  if (failure) throw failure.error;
}
