import type { CallOptions, SinkError } from '@dbsync/core/contract';
import type { SqlContext } from '../engine/sql-context.js';
import { VIEW_WORDS, type ViewName, viewName } from '../words/view-words.js';

/** The parts of the context that know the rights on tables. */
export type RightsContext = Pick<SqlContext, 'names' | 'settings'> & {
  readonly session: { readonly schema: Pick<SqlContext['session']['schema'], 'rights'> };
};

/**
 * Returns an error about a missing right on a table or view with the statements that give it. Other errors come back as they are, and so
 * does one about which the server tells no more.
 *
 * @param onlyLooks true for a sink that writes no rows and makes no tables
 */
export async function explainDenied(
  { names, settings, session }: RightsContext,
  error: SinkError,
  onlyLooks: boolean,
  options: CallOptions,
): Promise<SinkError> {
  const { rights } = session.schema;
  if (rights === undefined || error.connectionLost) return error;
  const views = (Object.keys(VIEW_WORDS) as ViewName[]).map((view) => viewName(settings, view));
  try {
    return await rights.explain(error, { names: [...Object.values(names), ...views], onlyLooks }, options);
  } catch {
    // The first error counts.
    return error;
  }
}
