import { type ContactRequest, isUnshown } from './contact-request.js';
import type { ReplacedVersions } from './replaced-versions.js';
import type { WantedContacts } from './wanted-contacts.js';

/** Distinguishes bodies of a replica that lags from newer ones, by md5, and requests their contacts again (R5). */
export interface LaggingBodies {
  /**
   * Returns whether this body is older than the rows, and so must not be written. The body of the last request is
   * believed.
   */
  setAside(request: ContactRequest, md5: string | null): boolean;
  /**
   * Call when the body has been committed. Returns whether it lags, as far as dbsync can tell.
   *
   * @param isChanged whether rows changed although the stored md5 did not: that shows the change, too (R8)
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
