import { describe, expect, it } from 'vitest';
import { createRandom } from '../contact/random.js';
import { createListing } from './listing.js';

const EVER = Number.NEGATIVE_INFINITY;

describe('createListing', () => {
  it('is the order of the last change, whatever happens to it', () => {
    const random = createRandom(1);
    for (let round = 0; round < 40; round++) {
      const contacts = random.int(60);
      const listing = createListing(contacts);
      let order = Array.from({ length: contacts }, (_, index) => ({ index, changedMs: index - 1000 }));
      for (let step = 0; step < 80; step++) {
        const index = random.int(contacts + 20);
        order = order.filter((entry) => entry.index !== index);
        if (random.chance(0.2)) listing.remove(index);
        else {
          listing.touch(index, step);
          order.push({ index, changedMs: step });
        }
      }
      const first = random.int(contacts + 1);
      const sinceMs = random.chance(0.5) ? EVER : random.int(80);
      const wanted = order.filter(({ index, changedMs }) => (changedMs < 0 ? index >= first : changedMs >= sinceMs));
      for (const limit of [1, 7, 1000]) {
        for (let offset = 0; offset <= wanted.length; offset += limit) {
          const page = listing.page({ first, sinceMs, offset, limit });
          expect(page.contacts).toEqual(wanted.slice(offset, offset + limit).map(({ index }) => index));
          expect(page.hasMore).toBe(wanted.length > offset + limit);
        }
      }
    }
  });

  it('shifts what stands behind a contact that changes between two pages, so that one is on neither', () => {
    const listing = createListing(6);
    const page = (offset: number) => listing.page({ first: 0, sinceMs: EVER, offset, limit: 3 }).contacts;
    expect(page(0)).toEqual([0, 1, 2]);
    listing.touch(1, 1);
    expect(page(3)).toEqual([4, 5, 1]);
  });
});
