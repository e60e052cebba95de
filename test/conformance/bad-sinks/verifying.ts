import type { StoreSink, Verifying } from '@dbsync/core/contract';
import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about the comparison with the campaign. */
export const badWithVerifying: Breakages = {
  'verify names the contacts that are missing or of another version, and no others': (good) =>
    changingVerifying(good, ({ compare }) => ({
      compare: async (stream, contacts, options) => {
        const found = await compare(stream, contacts, options);
        const without = contacts.filter(({ md5 }) => md5 === null);
        return [...found, ...without.map(({ id }) => ({ contactId: id, kind: 'stale' as const, version: null }))];
      },
    })),

  'verify shows by the version of a contact whether it was written meanwhile': (good) =>
    changingVerifying(good, ({ compare }) => ({
      compare: async (stream, contacts, options) =>
        (await compare(stream, contacts, options)).map((found) => ({ ...found, version: found.contactId })),
    })),

  'verify never names a contact that was forgotten': (good, target) =>
    changingVerifying(good, ({ compare }) => ({
      compare: async (stream, contacts, options) => {
        const found = await compare(stream, contacts, options);
        const forgotten = contacts.filter(({ id }) => target.forgotten.has(id));
        return [...found, ...forgotten.map(({ id }) => ({ contactId: id, kind: 'missing' as const, version: null }))];
      },
    })),

  'verify lists the stored contacts of the stream once each, page by page': (good, target) =>
    changingVerifying(good, () => ({
      listStored: async (_stream, { after = '', limit }) =>
        [...target.contacts.keys()]
          .filter((id) => id > after)
          .sort((a, b) => (a < b ? -1 : 1))
          .slice(0, limit),
    })),

  'verify names a contact below which another program deleted or added a row, and rows without a parent': (good) =>
    changingVerifying(good, () => ({ listOrphans: async () => [] })),

  'verify names each row and cell that is not as the campaign has it, and no others': (good) =>
    changingVerifying(good, ({ compareRows }) => ({
      compareRows: async (stream, records, options) =>
        (await compareRows(stream, records, options)).filter(({ cells }) => cells.length > 0),
    })),

  'verify lists the requests in the mailbox that are not settled yet': (good) =>
    changingVerifying(good, () => ({ listRequests: async () => [] })),
};

function changingVerifying(good: StoreSink, change: (good: Verifying) => Partial<Verifying>): Partial<StoreSink> {
  const { verifying } = good;
  return verifying === undefined ? {} : { verifying: { ...verifying, ...change(verifying) } };
}
