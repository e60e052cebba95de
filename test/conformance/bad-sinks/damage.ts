import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about deletions by another program. */
export const badWithDamage: Breakages = {
  'R16b lost progress is reported, and the next copy is complete again': (good) => ({
    readState: async (stream, options) => ({ ...(await good.readState(stream, options)), hasForeignRows: false }),
  }),

  'R16b lost rows are reported, and the next copy is complete again': (good) => ({
    readState: async (stream, options) => ({ ...(await good.readState(stream, options)), hasLostRows: false }),
  }),

  'R16b with compareRows a contact that lost a row or gained one has no known version': (good) => ({
    readVersions: (claim, ids, { signal }) => good.readVersions(claim, ids, { signal }),
  }),

  'R8 rows that are written again after another program deleted them are not reported': (good, { contacts }) => ({
    write: async (batch, claim, options) => {
      const same = batch.contacts.filter(({ contactId, md5 }) => contacts.get(contactId)?.tree.md5 === md5);
      const result = await good.write(batch, claim, options);
      if (result.inserted === 0) return result;
      return { ...result, changedUnderSameMd5: same.map(({ contactId }) => contactId) };
    },
  }),
};
