import { createHash, timingSafeEqual } from 'node:crypto';

/** Checks the password of requests, in the same time for each password. */
export interface PagePassword {
  /** Returns whether a request may have the page. `missing`: it has no password. @param authorization its header */
  check(authorization: string | undefined): 'right' | 'wrong' | 'missing';
}

/** Creates the check. The name of the user does not count. */
export function createPagePassword(password: string): PagePassword {
  const expected = digestOf(password);
  return {
    check(authorization) {
      const [, encoded] = /^basic +([a-z0-9+/]+=*) *$/i.exec(authorization ?? '') ?? [];
      if (encoded === undefined) return 'missing';
      const given = Buffer.from(encoded, 'base64').toString();
      const colon = given.indexOf(':');
      // Digests have one length, whatever the length of a password is.
      return timingSafeEqual(digestOf(given.slice(colon + 1)), expected) && colon >= 0 ? 'right' : 'wrong';
    },
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
