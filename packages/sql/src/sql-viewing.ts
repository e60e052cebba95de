import { type CallOptions, type ReportView, SinkError, type Viewing, type ViewRequest } from '@dbsync/core/contract';
import { keepComments } from './comments/keep-comments.js';
import type { ViewDialect } from './engine/engine-views.js';
import type { SqlContext } from './engine/sql-context.js';
import type { OpenDatabase } from './open-database.js';
import type { SchemaState } from './schema/schema-state.js';
import { dropViewNote } from './schema/view-notes.js';
import { copyMissing } from './views/copy-missing.js';
import { lookAtViews, makeView } from './views/keep-views.js';
import { statementOf, type ViewState } from './views/planned-views.js';

/** Creates the part of a store that makes views for reports. */
export function createSqlViewing({ call }: Pick<OpenDatabase, 'call'>, dialect: ViewDialect): Viewing {
  const look = async (context: SqlContext, state: SchemaState, { timeZone }: ViewRequest, options: CallOptions) => {
    if (state.plans === null) throw copyMissing('The views need');
    return lookAtViews(context, dialect, state, timeZone ?? state.views[0]?.timeZone ?? 'UTC', options);
  };
  return {
    describeViews: (request, options) =>
      call(options, async (context, schema) => {
        schema.forget();
        const found = await look(context, await schema.current(options), request, options);
        return found.map((view) => described(context, view));
      }),
    installViews: (request, options) =>
      call(options, async (context, schema) => {
        schema.forget();
        const found = await look(context, await schema.current(options), request, options);
        const foreign = found.filter(({ state }) => state === 'foreign').map(({ view }) => view.name);
        if (foreign.length > 0) throw foreignViews(foreign);
        for (const { view, state } of found) if (state !== 'current') await makeView(context, view, options);
        schema.forget();
        await keepComments(context, await schema.current(options), options);
        return found.map(({ view }) => described(context, { view, state: 'current' }));
      }),
    dropViews: (options) =>
      call(options, async (context, schema) => {
        schema.forget();
        const { views } = await schema.current(options);
        // A database returns the notes in any order.
        const names = views.map(({ name }) => name).toSorted();
        for (const name of names) {
          await context.session.schema.views?.drop(name, options);
          await dropViewNote(context, name, options);
        }
        schema.forget();
        return names;
      }),
  };
}

function described(context: SqlContext, { view, state }: ViewState): ReportView {
  return { name: view.name, timeZone: view.timeZone, statement: statementOf(context, view), state };
}

function foreignViews(names: readonly string[]): SinkError {
  const message = `Another program made ${names.join(', ')}. dbsync replaces no objects of others: rename or drop them, then install the views`;
  return new SinkError('SQL_VIEW_FOREIGN', message, { verdict: 'fatal', outcome: 'not-committed' });
}
