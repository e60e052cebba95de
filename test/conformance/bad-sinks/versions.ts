import { type ContactVersion, SinkError } from '@dbsync/core/contract';
import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about versions. */
export const badWithVersions: Breakages = {
  'contacts that were written with an md5 have a known version': (good, { contacts }) => ({
    readVersions: async (claim, ids, options) => {
      const versions = new Map(await good.readVersions(claim, ids, options));
      for (const id of ids) if (contacts.get(id)?.tree.md5 === null) versions.set(id, { md5: '', refused: false });
      return versions;
    },
  }),

  'R5 the version is that of the last write, at once': (good) => {
    const read = new Map<string, ContactVersion>();
    return {
      readVersions: async (claim, ids, options) => {
        const versions = new Map(await good.readVersions(claim, ids, options));
        for (const [id, version] of versions) {
          if (version.refused) continue;
          versions.set(id, read.get(id) ?? version);
          read.set(id, version);
        }
        return versions;
      },
    };
  },

  'R16 a version that was proved under another plan is not known': (good, { contacts }) => ({
    readVersions: async (claim, ids, options) => {
      const versions = new Map(await good.readVersions(claim, ids, options));
      for (const id of ids) {
        const md5 = contacts.get(id)?.tree.md5;
        if (md5 && !versions.has(id)) versions.set(id, { md5, refused: false });
      }
      return versions;
    },
  }),

  'R22 a refused contact has the md5 with which it was refused as its version, until it is accepted': (good) => ({
    readVersions: async (claim, ids, options) => {
      const versions = await good.readVersions(claim, ids, options);
      return new Map([...versions].filter(([, { refused }]) => !refused));
    },
  }),

  'versions of 100,000 contacts are read in one call': (good) => ({
    readVersions: async (claim, ids, options) => {
      if (ids.length <= 65_535) return good.readVersions(claim, ids, options);
      throw new SinkError('BAD_TOO_MANY', 'Too many parameters.', { verdict: 'fatal', outcome: 'not-committed' });
    },
  }),

  'R8 a contact whose rows change below an unchanged md5 is reported': (good) => ({
    write: async (batch, claim, options) => ({ ...(await good.write(batch, claim, options)), changedUnderSameMd5: [] }),
  }),
};
