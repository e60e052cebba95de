import type { BulkLoading } from '@dbsync/core/contract';
import type { OpenDatabase } from './open-database.js';
import { buildKeys } from './write/build-keys.js';
import { beginLoad } from './write/first-load.js';

/** Creates the part of a store that loads a first copy without keys (R20). */
export function createSqlBulk({ call }: OpenDatabase): BulkLoading {
  /** Contacts that calls of `finish` removed before they failed, by the claim: core learns of them from the call that succeeds. */
  const removed = new Map<string, Set<string>>();
  return {
    begin: (claim, options) =>
      call(options, async (context, schema) => {
        const isOn = await beginLoad(context, claim, options);
        schema.forget();
        return isOn;
      }),
    finish: (claim, options) =>
      call(options, async (context, schema) => {
        context.firstLoads.ended();
        const ofClaim = removed.get(claim.holder) ?? new Set<string>();
        removed.set(claim.holder, ofClaim);
        await buildKeys(context, claim, ofClaim, options);
        removed.clear();
        schema.forget();
        return [...ofClaim];
      }),
  };
}
