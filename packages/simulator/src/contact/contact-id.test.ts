import { describe, expect, it } from 'vitest';
import { createContactIds } from './contact-id.js';

describe('createContactIds', () => {
  const ids = createContactIds(7);

  it('makes 16 digits and capitals without 0, 1, I and O, another for each contact, that lead back to it', () => {
    const made = new Set<string>();
    for (let index = 0; index < 20_000; index++) {
      const id = ids.idOf(index);
      expect(id).toMatch(/^[2-9A-HJ-NP-Z]{16}$/);
      expect(ids.indexOf(id)).toBe(index);
      made.add(id);
    }
    expect(made.size).toBe(20_000);
  });

  it('does not know ids of other campaigns or of none', () => {
    const other = createContactIds(8).idOf(5);
    for (const id of [other, '', 'x', '0000000000000000', `${ids.idOf(1)}0`, ids.idOf(1).toLowerCase()]) {
      expect(ids.indexOf(id)).toBeUndefined();
    }
  });
});
