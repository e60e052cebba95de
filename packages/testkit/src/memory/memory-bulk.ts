import type { BulkLoading, Claim } from '@dbsync/core/contract';
import type { MemoryTarget } from './memory-target.js';

/** Creates the loads in memory, where nothing is left out: there is only the phase. */
export function createMemoryBulk(target: MemoryTarget, fenced: (claim: Claim, step: () => void) => void): BulkLoading {
  return {
    begin: async (claim) => {
      const isOn = target.load === null ? target.contacts.size === 0 : target.load.stream === claim.stream;
      if (!isOn) return false;
      fenced(claim, () => {
        target.load = { stream: claim.stream };
      });
      return true;
    },
    finish: async (claim) => {
      if (target.load === null) return [];
      fenced(claim, () => {
        target.load = null;
      });
      return [];
    },
  };
}
