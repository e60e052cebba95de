import { SinkError } from '@dbsync/core/contract';
import type { Breakages } from './breakage.ts';

/** Sinks that each break a promise about room that is filled later. */
export const badWithFilling: Breakages = {
  'R21 values move into room that came later, in parts, beside writes of the same records': (_good, { contacts }) => ({
    filling: { fill: async () => (contacts.size < 10 ? null : { what: 'contacts', done: 1, of: null }) },
  }),

  'R21 a process that lost its claim fills nothing over what a later one has written': (good) => ({
    filling: {
      fill: async (claim, options) => {
        const { heldBy } = await good.readState(claim.stream, options);
        if (heldBy?.holder === claim.holder) return null;
        throw new SinkError('MEMORY_LOST', 'The claim is gone', { verdict: 'fatal', outcome: 'not-committed' });
      },
    },
  }),
};
