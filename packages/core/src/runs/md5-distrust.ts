import type { Progress } from '../contract/index.js';
import { DAILY_MS } from '../discover/cadence.js';
import { afterFetchingAll, proveAgain } from '../discover/md5-trust.js';
import type { Observer } from '../observe/run-events.js';
import type { ProgressKeeper } from './progress-keeper.js';

/**
 * The doubts whether an md5 proves (R8). State, as long as the claim lasts: the number of changes below an unchanged md5, and
 * when md5s last proved again.
 */
export interface Md5Distrust {
  /**
   * Records that contacts changed below the md5 that their rows were proved with, and warns of the first one. Later ones
   * restart the time after which md5s prove again.
   */
  found(contactIds: readonly string[]): Promise<void>;
  /**
   * Begins the doubts without such a change. After a restore that replaced one table after the other, rows below a contact may be older
   * than its proof.
   */
  doubt(): Promise<void>;
  /** Call when a listing begins that fetches all contacts that it names. Returns the end of that listing. */
  beginFetchingAll(): FetchingAll;
}

export interface FetchingAll {
  /**
   * Returns the progress after the listing. md5s prove again once such a listing finds no change below an unchanged md5:
   * then another program had changed the rows, and they are corrected. If such changes come again within a day, they are
   * usual, and md5s prove again after a day without one; as where an earlier claim found them.
   */
  end(progress: Progress, listedFrom: string, now: string): Progress;
}

/** With it, md5s prove again after the first listing that finds no change, also under a later claim. */
const LONG_AGO = new Date(0).toISOString();

export function createMd5Distrust(
  progress: Pick<ProgressKeeper, 'current' | 'commit'>,
  observe: Observer,
  nowMs: () => number,
): Md5Distrust {
  let changes = 0;
  /** True where the doubts began under this claim: then it is known when md5s proved before. */
  let hasBegun = false;
  let provedAgainMs = Number.NEGATIVE_INFINITY;

  const begin = async (md5AgreesSince: string | null) => {
    await progress.commit((recorded) => ({ ...recorded, md5Proves: false, md5AgreesSince }));
  };

  return {
    async doubt() {
      if (!progress.current.md5Proves) return;
      await begin(LONG_AGO);
      hasBegun = true;
    },
    async found([contactId]) {
      changes++;
      const { md5Proves, md5AgreesSince } = progress.current;
      if (!md5Proves && md5AgreesSince === null) return;
      await begin(null);
      if (!md5Proves) return;
      hasBegun = true;
      const message = `Contact ${contactId} changed and its md5 did not, or another program changed its rows. So dbsync fetches every listed contact, until a listing finds no other such contact. If dbsync finds one again within a day, it fetches every listed contact until it has found none for a day.`;
      observe({ type: 'notice', level: 'warn', code: 'API_MD5_UNRELIABLE', message });
    },
    beginFetchingAll() {
      const changesBefore = changes;
      const isUsual = !hasBegun || nowMs() - provedAgainMs < DAILY_MS;
      return {
        end(recorded, listedFrom, now) {
          const found = changes > changesBefore;
          if (!isUsual && found) return recorded;
          const after = isUsual ? afterFetchingAll(recorded, listedFrom, now) : proveAgain(recorded);
          if (after.md5Proves) provedAgainMs = nowMs();
          return after;
        },
      };
    },
  };
}
