import type { Progress } from '../contract/index.js';
import { DAILY_MS } from './cadence.js';

/**
 * Returns the progress after a listing that fetched all contacts that it named, because md5s did not prove (R8). They
 * prove again once such listings have found for a day no contact that changed while its md5 did not. The changes found
 * before then came from another program that changed the rows, or from a fault of the API that has passed.
 *
 * @param listedFrom when the listing began, an instant on the API's clock
 * @param now when it ended
 */
export function afterFetchingAll(progress: Progress, listedFrom: string, now: string): Progress {
  const { md5Proves, md5AgreesSince } = progress;
  if (md5Proves) return progress;
  if (md5AgreesSince === null) return { ...progress, md5AgreesSince: now };
  if (Date.parse(listedFrom) - Date.parse(md5AgreesSince) < DAILY_MS) return progress;
  return proveAgain(progress);
}

export function proveAgain(progress: Progress): Progress {
  return { ...progress, md5Proves: true, md5AgreesSince: null };
}
