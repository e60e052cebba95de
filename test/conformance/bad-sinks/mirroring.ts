import { isSinkError, type Mirroring, type StoreSink } from '@dbsync/core/contract';
import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about contacts that the campaign has no more. */
export const badWithMirroring: Breakages = {
  'R38 a contact is removed with all rows below it, and no other row': (good, target) =>
    changingMirroring(good, ({ remove }) => ({
      remove: async (claim, contacts, options) => {
        const recording = target.messages.find(
          (message) => !message.gone && message.row.table === 'recordings' && message.row.contactId === 'A1',
        );
        const removed = await remove(claim, contacts, options);
        if (recording && removed.includes('A1')) target.messages.push(recording);
        return removed;
      },
    })),

  'R38 a contact that was written meanwhile keeps all its rows': (good) =>
    changingMirroring(good, ({ listHeld, remove }) => ({
      remove: async (claim, contacts, options) => {
        const now = await listHeld(claim, { ...options, limit: 1_000 });
        const asked = new Set(contacts.map(({ contactId }) => contactId));
        return remove(
          claim,
          now.filter(({ contactId }) => asked.has(contactId)),
          options,
        );
      },
    })),

  'R38 rows whose parent is missing are removed with all rows below them, and no other row': (good) =>
    changingMirroring(good, () => ({ removeOrphans: async () => 0 })),

  'R38 a fenced claim removes nothing': (good, target) =>
    changingMirroring(good, ({ remove }) => ({
      remove: async (claim, contacts, options) => {
        try {
          return await remove(claim, contacts, options);
        } catch (error) {
          if (isSinkError(error)) for (const { contactId } of contacts) target.contacts.delete(contactId);
          return [];
        }
      },
    })),

  'R38 the contacts of the stream are listed once each, page by page': (good) =>
    changingMirroring(good, ({ listHeld }) => ({
      listHeld: async (claim, options) => {
        const held = await listHeld(claim, options);
        return held.filter(({ contactId }) => contactId !== 'c1');
      },
    })),

  'R38 notes are kept after the sink is closed, and are removed with their contact': (good) => {
    const notes = new Map<string, string | null>();
    const { explaining } = good;
    const describing = explaining && {
      ...explaining,
      describeContact: async (...given: Parameters<typeof explaining.describeContact>) => {
        const found = await explaining.describeContact(...given);
        return found && { ...found, note: notes.get(given[1]) ?? null };
      },
    };
    const mirroring = changingMirroring(good, ({ listHeld }) => ({
      listHeld: async (claim, options) =>
        (await listHeld(claim, options)).map((held) => ({ ...held, note: notes.get(held.contactId) ?? null })),
      keepNotes: async (_claim, given) => {
        for (const { contactId, note } of given) notes.set(contactId, note);
      },
    }));
    return { ...mirroring, ...(describing && { explaining: describing }) };
  },
};

export function changingMirroring(
  good: StoreSink,
  change: (good: Mirroring) => Partial<Mirroring>,
): Partial<StoreSink> {
  const { mirroring } = good;
  return mirroring === undefined ? {} : { mirroring: { ...mirroring, ...change(mirroring) } };
}
