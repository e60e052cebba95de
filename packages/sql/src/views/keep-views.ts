import type { CallOptions, Finding, SchemaChange } from '@dbsync/core/contract';
import type { ViewDialect } from '../engine/engine-views.js';
import type { SqlContext } from '../engine/sql-context.js';
import { explainDenied } from '../schema/denied-rights.js';
import type { SchemaState } from '../schema/schema-state.js';
import { keepViewNote } from '../schema/view-notes.js';
import { viewName } from '../words/view-words.js';
import { type PlannedView, plannedViews, stateOf, type ViewState } from './planned-views.js';

/** Returns the views for the tables as they are, each with its state. */
export async function lookAtViews(
  context: SqlContext,
  dialect: ViewDialect,
  state: SchemaState,
  timeZone: string,
  options: CallOptions,
): Promise<readonly ViewState[]> {
  const views = plannedViews(context, dialect, state, timeZone);
  const names = views.map(({ name }) => name);
  const taken = (await context.session.schema.views?.listTaken(names, options)) ?? [];
  const broken = await brokenViews(
    context,
    state,
    names.filter((name) => taken.includes(name)),
    options,
  );
  return views.map((view) => ({
    view,
    state: broken.includes(view.name) ? 'outdated' : stateOf(view, state.views, taken),
  }));
}

/** Returns those of these names whose views dbsync made, and no reader gets rows from. */
async function brokenViews(
  { session }: SqlContext,
  { views }: SchemaState,
  there: readonly string[],
  options: CallOptions,
): Promise<readonly string[]> {
  const own = there.filter((name) => views.some((note) => note.name === name));
  if (own.length === 0) return [];
  return (await session.schema.views?.listBroken?.(own, options)) ?? [];
}

/** Returns a finding about installed views that are not as they should be. */
export async function checkViews(
  context: SqlContext,
  state: SchemaState,
  options: CallOptions,
): Promise<readonly Finding[]> {
  const due = (await dueViews(context, state, options)).map(({ name }) => name);
  if (due.length === 0) return [];
  const what = `Views for reports are missing, outdated or cannot be read: ${due.join(', ')}`;
  return [{ level: 'warn', what, remedy: 'A running dbsync makes them again, else the next start does' }];
}

/**
 * Makes the view, and notes it. The note comes first: a process that ends between the two would else leave a view that
 * looks like another program's.
 */
export async function makeView(context: SqlContext, view: PlannedView, options: CallOptions): Promise<void> {
  const { name, timeZone, digest, select } = view;
  await keepViewNote(context, { name, timeZone, digest: '' }, options);
  await context.session.schema.views?.replace(name, select, options);
  await keepViewNote(context, { name, timeZone, digest }, options);
}

/** Returns the installed views that are not as the tables want them now. */
export async function dueViews(
  context: SqlContext,
  state: SchemaState,
  options: CallOptions,
): Promise<readonly PlannedView[]> {
  const { viewDialect } = context.engine;
  const [first] = state.views;
  if (viewDialect === undefined || first === undefined || state.plans === null) return [];
  const found = await lookAtViews(context, viewDialect, state, first.timeZone, options);
  const isNoted = (view: PlannedView) => state.views.some(({ name }) => name === view.name);
  return found.filter(({ view, state: now }) => now !== 'current' && isNoted(view)).map(({ view }) => view);
}

/** Returns what a start would do to the installed views, for operators. @param changes of tables that it would make */
export async function viewEffects(
  context: SqlContext,
  state: SchemaState,
  changes: readonly SchemaChange[],
  options: CallOptions,
): Promise<readonly string[]> {
  const due = new Set((await dueViews(context, state, options)).map(({ name }) => name));
  const { names, settings } = context;
  const wide = state.views.find(({ name }) => name === viewName(settings, 'contacts_wide'));
  const getsColumn = changes.some(({ table, change }) => table === names.contacts && change === 'add');
  if (wide !== undefined && getsColumn) due.add(wide.name);
  return due.size === 0 ? [] : [`Views for reports are brought up to date: ${[...due].join(', ')}.`];
}

/**
 * Makes installed views again that are not as the tables want them now, such as after a new field. One that cannot be made stays as it
 * was: no row depends on it.
 */
export async function refreshViews(context: SqlContext, state: SchemaState, options: CallOptions): Promise<void> {
  for (const view of await dueViews(context, state, options)) {
    try {
      await makeView(context, view, options);
    } catch (error) {
      const cause = await explainDenied(context, context.engine.toSinkError(error), false, options);
      if (cause.connectionLost || options.signal.aborted) throw error;
      const message = `The view ${view.name} could not be brought up to date: ${cause.message}. It stays as it was, and dbsync tries again every few minutes.`;
      context.notify({ level: 'warn', code: 'SQL_VIEW_OUTDATED', message });
    }
  }
}
