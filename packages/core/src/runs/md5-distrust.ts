import type { Observer } from '../observe/run-events.js';
import type { ProgressKeeper } from './progress-keeper.js';

/**
 * Records that contacts changed below the md5 that their rows were proved with (R8), and warns of the first one. Later
 * ones restart the day after which md5s are trusted again.
 */
export function createMd5Distrust(
  progress: ProgressKeeper,
  observe: Observer,
): (contactIds: readonly string[]) => Promise<void> {
  return async ([contactId]) => {
    const { md5Proves, md5AgreesSince } = progress.current;
    if (!md5Proves && md5AgreesSince === null) return;
    await progress.commit((recorded) => ({ ...recorded, md5Proves: false, md5AgreesSince: null }));
    if (!md5Proves) return;
    const message = `Contact ${contactId} changed under an unchanged md5, or another program changed its rows: dbsync fetches every listed contact, until no contact has done so for a day.`;
    observe({ type: 'notice', level: 'warn', code: 'API_MD5_UNRELIABLE', message });
  };
}
