import { type ContactRequest, isUnshown } from './contact-request.js';
import type { ReplacedVersions } from './replaced-versions.js';
import type { WantedContacts } from './wanted-contacts.js';

/** Tells bodies of a replica that lags from newer ones, by md5, and has their contacts asked for again (R5). */
export interface LaggingBodies {
  /** Whether this body is older than the rows, and so must not be written. The last of several is believed. */
  setAside(request: ContactRequest, md5: string | null): boolean;
  /**
   * Called when the body has been committed. Returns whether it lags, as far as can be told.
   * @param isChanged rows changed below the md5 that was stored: that shows what was wanted, too (R8)
   */
  committed(request: ContactRequest, md5: string | null, isChanged: boolean): boolean;
}

export function createLaggingBodies(wanted: WantedContacts, replaced: ReplacedVersions): LaggingBodies {
  return {
    setAside(request, md5) {
      const isBelieved = request.attempt === 'last' || wanted.hasWaitedEnough(request.id);
      const isOlder = !isBelieved && replaced.has(request.id, md5);
      if (isOlder) wanted.lagging(request);
      return isOlder;
    },
    committed(request, md5, isChanged) {
      const { id, reason, stored, isOrdered } = request;
      replaced.committed(id, md5, stored, isOrdered);
      const mayBeOlder = reason === 'recheck' && stored !== null && md5 !== stored;
      const lags = mayBeOlder || (isUnshown(request, md5) && !isChanged);
      if (mayBeOlder) wanted.lagging({ ...request, stored: md5, reason: 'changed' });
      else if (lags) wanted.lagging(request);
      else wanted.committed(id, md5);
      return lags;
    },
  };
}
