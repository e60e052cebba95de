import { existsSync } from 'node:fs';
import { createOutbox, guardStore } from '@dbsync/core';
import { ofSink } from './doctor-finding.js';
import type { PartOfDoctor } from './run-parts.js';

/** Checks the state file of webhook mode, where there is one. */
export function outboxChecks(file: string, campaign: string): PartOfDoctor {
  return {
    part: 'outbox',
    checks: ['state-file'],
    deadlineMs: 15_000,
    run: async (tell, signal) => {
      if (!existsSync(file)) {
        tell({ check: 'state-file', level: 'pass', what: `There is no state yet: the first start makes ${file}` });
        return;
      }
      const store = guardStore(createOutbox({ file, campaign, ifMissing: 'refuse' }).store);
      try {
        await store.open({ signal });
        for (const finding of await store.checkHealth({ signal })) tell(ofSink('state-file', finding));
      } finally {
        await store.close();
      }
    },
  };
}
