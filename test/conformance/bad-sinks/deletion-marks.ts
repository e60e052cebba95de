import type { Breakages } from './breakage.ts';
import { changingMirroring } from './mirroring.ts';

/** Sinks that each break a promise about the marks of contacts that the campaign has no more. */
export const badWithDeletionMarks: Breakages = {
  'R38 a mark is kept after the sink is closed, and changes nothing else of its contact': (good, target) =>
    changingMirroring(good, ({ mark }) => ({
      mark: async (claim, marks, options) => {
        const marked = await mark(claim, marks, options);
        for (const id of marked) {
          const known = target.contacts.get(id);
          if (known) target.contacts.set(id, { ...known, plan: 'another plan' });
        }
        return marked;
      },
    })),

  'R38 a write takes the mark of its contact away, though the contact is the same': (good, target) => ({
    write: async (batch, claim, options) => {
      const before = new Map(target.contacts);
      const result = await good.write(batch, claim, options);
      for (const [id, known] of target.contacts) {
        target.contacts.set(id, { ...known, deletedAt: before.get(id)?.deletedAt ?? null });
      }
      return result;
    },
  }),

  'R38 a mark meets no other version of its contact, and no contact of another stream': (good) =>
    changingMirroring(good, ({ listHeld, mark }) => ({
      mark: async (claim, marks, options) => {
        const now = await listHeld(claim, { ...options, limit: 1_000 });
        const versions = new Map(now.map(({ contactId, version }) => [contactId, version]));
        const current = marks.map((each) => ({ ...each, version: versions.get(each.contactId) ?? each.version }));
        return mark(claim, current, options);
      },
    })),

  'R38 a fenced claim sets no mark': (good, target) =>
    changingMirroring(good, ({ mark }) => ({
      mark: async (claim, marks, options) => {
        try {
          return await mark(claim, marks, options);
        } catch (error) {
          for (const { contactId, deletedAt } of marks) {
            const known = target.contacts.get(contactId);
            if (known) target.contacts.set(contactId, { ...known, deletedAt });
          }
          throw error;
        }
      },
    })),
};
