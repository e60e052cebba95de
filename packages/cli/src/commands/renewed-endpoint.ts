import { stat } from 'node:fs/promises';
import type { LoadedEndpoint } from '@dbsync/core';
import type { EndpointSink, SinkNotice } from '@dbsync/core/contract';

export interface RenewedEndpointOptions {
  /** The file that holds the URL. */
  readonly file: string;
  /** The URL of the first endpoint. The file may hold another one by now: a standby waits long before it opens anything. */
  readonly url: string;
  /** Returns the URL that the file holds now. Throws where it holds none. */
  readonly read: () => Promise<string>;
  /** Loads the endpoint of a URL. Throws where the URL cannot be used. */
  readonly load: (url: string) => Promise<LoadedEndpoint>;
  readonly notify: (notice: SinkNotice) => void;
  /** The time for which the file counts as unchanged. Default: 2 s. */
  readonly recheckMs?: number;
}

/** Deliveries under way over one endpoint. */
interface Generation {
  readonly endpoint: EndpointSink;
  underWay: number;
}

const RECHECK_MS = 2_000;

/**
 * Creates the endpoint of a URL in a file. When the file has changed, a new endpoint takes its place, if the URL leads
 * to the same target with another password or query. Another host or path is reported and not followed: messages in the
 * outbox belong to the target that they were queued for (R29). A file that cannot be used leaves the endpoint as it
 * was, and is read again.
 */
export function createRenewedEndpoint(first: LoadedEndpoint, options: RenewedEndpointOptions): EndpointSink {
  const { file, read, load, notify, recheckMs = RECHECK_MS } = options;
  let current: Generation = { endpoint: first.endpoint, underWay: 0 };
  let currentUrl = options.url;
  /** The state of the file when its URL was compared with the current one; null: that has not been done yet. */
  let stamp: string | null = null;
  /** The last message about the present file; null: the file is in use. */
  let trouble: string | null = null;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | null = null;

  const closeIfIdle = async (generation: Generation) => {
    if (generation !== current && generation.underWay === 0) await generation.endpoint.close();
  };
  const replace = async (endpoint: EndpointSink, signal: AbortSignal) => {
    await endpoint.open({ signal });
    const former = current;
    current = { endpoint, underWay: 0 };
    await closeIfIdle(former);
  };
  const tell = (found: string, message: string) => {
    const reported = `${found} ${message}`;
    if (trouble !== reported) notify({ level: 'warn', code: 'CLI_URL_KEPT', message });
    trouble = reported;
  };
  const refresh = async (signal: AbortSignal) => {
    checkedAt = performance.now();
    const found = await stampOf(file);
    if (found === stamp && trouble === null) return;
    try {
      const url = await read();
      if (url !== currentUrl) {
        const loaded = await load(url);
        if (loaded.identity !== first.identity) {
          return tell(found, `${file} names another target now, ${loaded.target}, ${NOT_FOLLOWED}`);
        }
        await replace(loaded.endpoint, signal);
        notify({
          level: 'info',
          code: 'CLI_URL_CHANGED',
          message: `dbsync uses the new URL in ${file} now.`,
        });
        currentUrl = url;
      }
      [stamp, trouble] = [found, null];
    } catch (error) {
      signal.throwIfAborted();
      tell(found, `${error instanceof Error ? error.message : error} Deliveries go to the former URL of ${file}.`);
    }
  };

  return {
    kind: 'endpoint',
    open: (callOptions) => current.endpoint.open(callOptions),
    checkHealth: (callOptions) => current.endpoint.checkHealth(callOptions),
    close: () => current.endpoint.close(),
    deliver: async (messages, callOptions) => {
      if (performance.now() - checkedAt >= recheckMs) {
        refreshing ??= refresh(callOptions.signal).finally(() => {
          refreshing = null;
        });
      }
      await refreshing;
      const generation = current;
      generation.underWay += 1;
      try {
        const verdicts = await generation.endpoint.deliver(messages, callOptions);
        if (verdicts.some(({ verdict }) => verdict !== 'accepted')) checkedAt = Number.NEGATIVE_INFINITY;
        return verdicts;
      } finally {
        generation.underWay -= 1;
        await closeIfIdle(generation);
      }
    },
  };
}

const NOT_FOLLOWED =
  'and the waiting messages belong to the former one, so deliveries still go there. Start dbsync again with --adopt-url if the receiver ' +
  'has moved, or with --stream NAME if it is another one.';

/** Returns a text that differs when the file does; `none` where the file cannot be read. */
async function stampOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found === null ? 'none' : `${found.ino} ${found.size} ${found.mtimeNs}`;
}
