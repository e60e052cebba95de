import type { CallOptions, Finding, SinkNotice, StoreSink } from '@dbsync/core/contract';
import type { ErrorCodeName } from '../error-codes.js';
import type { CommandContext } from './command-context.js';

/** A check that has not answered by then is given up: it only informs. */
const PATIENCE_MS = 30_000;

/** Returns the remedy of an error code; null: the code is unknown. */
export type RemedyOf = (code: string) => string | null;

/** The choices for the notices. */
export interface HealthNoticesOptions extends Pick<CommandContext, 'connectionsTo'> {
  /** Default: no code is known. */
  readonly remedyOf?: RemedyOf;
}

/**
 * Returns the same store, which checks its target once a run: after the tables are prepared for the first time, and beside the
 * first writes, so that it delays none. Warnings and failures become notices.
 */
export function withHealthNotices(
  store: StoreSink,
  notify: (notice: SinkNotice) => void,
  { remedyOf = () => null, connectionsTo }: HealthNoticesOptions = {},
): StoreSink {
  let isChecked = false;
  return {
    ...store,
    declareFields: async (fields, options) => {
      const changes = await store.declareFields(fields, options);
      if (!isChecked && options.dryRun !== true) {
        isChecked = true;
        void tellFindings(store, notify, { remedyOf, connectionsTo });
      }
      return changes;
    },
  };
}

/** Checks the target. The store learns how many connections all campaigns of the file may open to its server. */
export async function findingsOf(
  store: StoreSink,
  connectionsTo: CommandContext['connectionsTo'],
  options: CallOptions,
): Promise<readonly Finding[]> {
  const connections = store.connections && (await connectionsTo?.(store.connections.server));
  return store.checkHealth({ ...options, ...(connections !== undefined && { connections }) });
}

/** Never rejects: a sink of a third party may answer anything, and a run does not depend on this check. */
async function tellFindings(
  store: StoreSink,
  notify: (notice: SinkNotice) => void,
  { remedyOf, connectionsTo }: HealthNoticesOptions & { readonly remedyOf: RemedyOf },
): Promise<void> {
  try {
    const findings: unknown = await findingsOf(store, connectionsTo, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!Array.isArray(findings)) return;
    for (const finding of findings) {
      const { level, what, remedy }: Partial<Finding> = Object(finding);
      if ((level !== 'warn' && level !== 'fail') || typeof what !== 'string') continue;
      notify({ level: 'warn', code: CODE, message: remedyBehind(what, remedy ?? null, remedyOf) });
    }
  } catch {
    // An error of the check is no trouble of the run: calls that matter throw it again.
  }
}

const CODE: ErrorCodeName = 'CLI_TARGET_UNFIT';

function remedyBehind(what: string, remedy: string | null, remedyOf: RemedyOf): string {
  if (remedy === null) return `${what}.`;
  const code = codeOfRemedy(remedy);
  const own = code === null ? null : remedyOf(code);
  return `${what}. To do: ${own ?? remedy}`;
}

/** Returns the code to which a remedy refers, such as `See SQL_FAILED`; null: the remedy is one itself. */
export function codeOfRemedy(remedy: string): string | null {
  return /^See ([A-Z][A-Z\d_]+)(?: in docs\/errors\.md)?$/.exec(remedy)?.[1] ?? null;
}
