import type { Finding, SinkNotice, StoreSink } from '@dbsync/core/contract';
import type { ErrorCodeName } from '../error-codes.js';

/** A check that has not answered by then is given up: it only informs. */
const PATIENCE_MS = 30_000;

/**
 * Returns the same store, which checks its target once a run: after the tables are prepared for the first time, and beside the
 * first writes, so that it delays none. Warnings and failures become notices.
 */
export function withHealthNotices(store: StoreSink, notify: (notice: SinkNotice) => void): StoreSink {
  let isChecked = false;
  return {
    ...store,
    declareFields: async (fields, options) => {
      const changes = await store.declareFields(fields, options);
      if (!isChecked && options.dryRun !== true) {
        isChecked = true;
        void tellFindings(store, notify);
      }
      return changes;
    },
  };
}

async function tellFindings(store: StoreSink, notify: (notice: SinkNotice) => void): Promise<void> {
  // An error of the check is no trouble of the run: calls that matter throw it again.
  const findings = await store.checkHealth({ signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => []);
  for (const { level, what, remedy } of findings) {
    if (level !== 'warn' && level !== 'fail') continue;
    notify({ level: 'warn', code: CODE, message: remedyBehind({ what, remedy }) });
  }
}

const CODE: ErrorCodeName = 'CLI_TARGET_UNFIT';

function remedyBehind({ what, remedy }: Pick<Finding, 'what' | 'remedy'>): string {
  return remedy === null ? `${what}.` : `${what}. To do: ${remedy}`;
}
