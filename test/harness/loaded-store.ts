import { fileURLToPath } from 'node:url';
import { type LoadSinkOptions, loadSink } from '@dbsync/core';
import type { StoreSink } from '@dbsync/core/contract';

/** Loads the store behind a URL from the workspace's own packages, as the command loads it. */
export async function loadStore(
  url: string,
  options: Pick<LoadSinkOptions, 'shared' | 'onlyLooks' | 'copyMayBeMissing'> = {},
): Promise<StoreSink> {
  const sink = await loadSink({ ...options, url, from: fileURLToPath(import.meta.url), notify: () => {} });
  if (sink.kind !== 'store') throw new Error(`${url} is no store`);
  return sink.store;
}
