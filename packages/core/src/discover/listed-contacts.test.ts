import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createListedContacts } from './listed-contacts.js';

const ids = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{1,4}$/),
  fc.stringMatching(/^[A-Z0-9]{1,3}$/),
  fc.string({ unit: 'binary', maxLength: 3 }),
  fc.constant('\ud800'),
);

it('keeps the order of first sight and the newest md5, like a Map, for ids of any characters', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(ids, fc.option(ids))), fc.integer({ min: 1, max: 7 }), (entries, chunkSize) => {
      const listed = createListedContacts();
      const map = new Map<string, string | null>();
      for (const [id, md5] of entries) {
        expect(listed.add({ id, md5 })).toBe(!map.has(id));
        map.set(id, md5);
      }
      expect(listed.size).toBe(map.size);
      expect([...listed.chunks(chunkSize)].flat()).toEqual([...map].map(([id, md5]) => ({ id, md5 })));
      for (const id of map.keys()) expect(listed.has(id)).toBe(true);
      expect(listed.has('not there')).toBe(false);
    }),
  );
});

it('finds each of 100,000 ids again', () => {
  const listed = createListedContacts();
  for (let n = 0; n < 100_000; n++) listed.add({ id: `C${n}`, md5: `md5 ${n}` });
  expect(listed.size).toBe(100_000);
  expect(listed.add({ id: 'C77777', md5: 'md5 77777' })).toBe(false);
  expect(listed.has('C99999')).toBe(true);
  expect(listed.has('C100000')).toBe(false);
});
