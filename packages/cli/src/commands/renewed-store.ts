import type { LoadedStore } from '@dbsync/core';
import { type AllMembers, onlyMembersOf, partOf } from '@dbsync/core/cli-kit';
import { type CallOptions, isSinkError, SinkError, type SinkNotice, type StoreSink } from '@dbsync/core/contract';

import {
  type CallStore,
  forwardingBulk,
  forwardingErasure,
  forwardingExplaining,
  forwardingFilling,
  forwardingIndexing,
  forwardingMirroring,
  forwardingReporting,
  forwardingSummarising,
  forwardingVerifying,
  forwardingViewing,
} from './forwarded-parts.js';

export interface RenewedStoreOptions {
  /** The file that holds the URL. */
  readonly file: string;
  /** The URL of the first store. */
  readonly url: string;
  /** Returns the URL that the file holds now. Throws where it holds none. */
  readonly read: () => Promise<string>;
  /** Loads the store of a URL. Throws where the URL cannot be used. */
  readonly load: (url: string) => Promise<LoadedStore>;
  readonly notify: (notice: SinkNotice) => void;
  readonly now: () => number;
}

/** The codes of the sinks for a login that the database refuses. */
const LOGIN_REFUSED = /_LOGIN_REFUSED$/;

/** The time for which a refused login is not tried again: servers lock accounts after a few attempts. */
const PAUSE_MS = 5 * 60_000;

/**
 * Creates the store of a URL in a file. When the database refuses the login, the file is read again. Where it holds
 * another login for the same database, a new store takes the place of the old one, and the failed call counts as a lost
 * connection, so core claims again. Another database, or other options, are reported and not followed.
 *
 * A login that was accepted before and is refused now does not end the run: core repeats its calls, and each of them
 * reads the file.
 */
export function createRenewedStore(first: LoadedStore, options: RenewedStoreOptions): StoreSink {
  const { now } = options;
  const followed = followFile(first, options);
  let isOpen = false;
  /** The last refusal of the current login; null: it was not refused. */
  let refusal: { readonly error: SinkError; readonly atMs: number } | null = null;

  const renew = async (callOptions: CallOptions): Promise<boolean> => {
    if (!(await followed.renew(callOptions))) return false;
    [isOpen, refusal] = [true, null];
    return true;
  };

  const call: CallStore = async (callOptions, work) => {
    if (refusal !== null && now() - refusal.atMs < PAUSE_MS) {
      const { error } = refusal;
      await renew(callOptions);
      throw asLost(error);
    }
    const store = followed.current();
    try {
      const result = await work(store);
      if (store === followed.current()) refusal = null;
      return result;
    } catch (error) {
      if (!isSinkError(error) || !LOGIN_REFUSED.test(error.code)) throw error;
      if (store !== followed.current() || (await renew(callOptions))) throw asLost(error);
      if (!isOpen) throw error;
      refusal = { error, atMs: now() };
      throw asLost(error);
    }
  };

  const open = async (callOptions: CallOptions) => {
    try {
      await call(callOptions, (store) => store.open(callOptions));
    } catch (error) {
      // The store that replaced the first one is open.
      if (!isOpen) throw error;
    }
    isOpen = true;
  };
  return forwardingStore(first.store, { open, call, close: followed.close, current: followed.current });
}

/** Returns the store in use, and the function that changes to the URL that the file holds now. */
function followFile(first: LoadedStore, { file, url: firstUrl, read, load, notify }: RenewedStoreOptions) {
  let current: StoreSink = first.store;
  let currentUrl = firstUrl;
  let trouble: string | null = null;
  let renewing: Promise<boolean> | null = null;

  const keep = (message: string): false => {
    if (message !== trouble) notify({ level: 'warn', code: 'CLI_URL_KEPT', message });
    trouble = message;
    return false;
  };

  const replace = async (loaded: LoadedStore, signal: AbortSignal): Promise<boolean> => {
    try {
      if (loaded.place !== first.place) {
        const message = `${file} names another database or other options now (${loaded.target}). dbsync does not follow: start it again.`;
        return keep(message);
      }
      await loaded.store.open({ signal });
      const former = current;
      current = loaded.store;
      await former.close().catch(ignoreLost);
      return true;
    } finally {
      if (current !== loaded.store) await loaded.store.close().catch(ignoreLost);
    }
  };

  const readAgain = async ({ signal }: CallOptions): Promise<boolean> => {
    try {
      const url = await read();
      if (url === currentUrl || !(await replace(await load(url), signal))) return false;
      currentUrl = url;
    } catch (error) {
      if (signal.aborted) return false;
      const reason = error instanceof Error ? error.message : String(error);
      return keep(`The URL in ${file} cannot be used: ${reason} dbsync keeps the former one.`);
    }
    trouble = null;
    notify({
      level: 'info',
      code: 'CLI_URL_CHANGED',
      message: `The database accepts the login that ${file} holds now.`,
    });
    return true;
  };

  return {
    current: () => current,
    /**
     * Reads the file again. Calls that fail side by side share one reading. Returns whether another store is in use
     * from now on.
     */
    renew(callOptions: CallOptions): Promise<boolean> {
      renewing ??= readAgain(callOptions).finally(() => {
        renewing = null;
      });
      return renewing;
    },
    async close(): Promise<void> {
      await renewing;
      await current.close();
    },
  };
}

interface Ways {
  readonly open: StoreSink['open'];
  readonly close: StoreSink['close'];
  readonly call: CallStore;
  readonly current: () => StoreSink;
}

/**
 * Returns a store with all members of the first one. Its type holds each member of a store, so a new one cannot be
 * forgotten.
 */
function forwardingStore(first: StoreSink, { open, close, call, current }: Ways): StoreSink {
  const all: AllMembers = {
    kind: 'store',
    limits: first.limits,
    connections: first.connections,
    open,
    close,
    checkHealth: (options) => current().checkHealth(options),
    declareFields: (fields, options) => call(options, (store) => store.declareFields(fields, options)),
    planChanges: (fields, options) => call(options, (store) => partOf(store.planChanges).call(store, fields, options)),
    claim: (stream, plan, options) => call(options, (store) => store.claim(stream, plan, options)),
    renew: (claim, options) => call(options, (store) => store.renew(claim, options)),
    release: (claim, options) => call(options, (store) => store.release(claim, options)),
    readState: (stream, options) => call(options, (store) => store.readState(stream, options)),
    readVersions: (claim, ids, options) => call(options, (store) => store.readVersions(claim, ids, options)),
    write: (batch, claim, options) => call(options, (store) => store.write(batch, claim, options)),
    listDeadLetters: (stream, options) => call(options, (store) => store.listDeadLetters(stream, options)),
    postRequest: (stream, request, options) => call(options, (store) => store.postRequest(stream, request, options)),
    takeRequests: (claim, options) => call(options, (store) => store.takeRequests(claim, options)),
    readContacts: (stream, options) =>
      call(options, async (store) => (await store.readContacts?.(stream, options)) ?? []),
    bulk: forwardingBulk(call),
    indexing: forwardingIndexing(call),
    filling: forwardingFilling(call),
    erasure: forwardingErasure(call),
    mirroring: forwardingMirroring(call),
    verifying: forwardingVerifying(call),
    reporting: forwardingReporting(call),
    explaining: forwardingExplaining(call),
    viewing: forwardingViewing(call),
    summarising: forwardingSummarising(call),
  };
  return onlyMembersOf(first, all);
}

function asLost(cause: SinkError): SinkError {
  return new SinkError(cause.code, cause.message, {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
    cause,
  });
}

/** Ignores an error: the server may be gone, and an abandoned store needs no more work. */
function ignoreLost(): void {}
