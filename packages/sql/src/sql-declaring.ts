import type { StoreSink } from '@dbsync/core/contract';
import { commentEffects, createCommentsWatch } from './comments/keep-comments.js';
import type { OpenDatabase } from './open-database.js';
import { planChanges } from './schema/plan-changes.js';
import { refreshViews, viewEffects } from './views/keep-views.js';

/** Creates the part of a store that brings tables, views and comments to what a campaign needs, and that plans it. */
export function createSqlDeclaring({
  call,
}: Pick<OpenDatabase, 'call'>): Required<Pick<StoreSink, 'declareFields' | 'planChanges'>> {
  const comments = createCommentsWatch();
  return {
    declareFields: (fields, options) =>
      call(options, async (context, schema) => {
        const changes = await schema.declareFields(fields, options);
        if (options.dryRun === true) return changes;
        const state = await schema.current(options);
        await refreshViews(context, state, options);
        await comments.check(context, state, fields, changes, options);
        return changes;
      }),
    planChanges: (fields, options) =>
      call(options, (context) =>
        planChanges(
          context,
          fields,
          async (state, changes) => [
            ...(await viewEffects(context, state, changes, options)),
            ...(await commentEffects(context, state, fields, changes, options)),
          ],
          options,
        ),
      ),
  };
}
