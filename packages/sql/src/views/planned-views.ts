import { hash } from 'node:crypto';
import type { ReportView } from '@dbsync/core/contract';
import { type CompiledQuery, sql } from 'kysely';
import type { ViewDialect } from '../engine/engine-views.js';
import type { SqlContext } from '../engine/sql-context.js';
import { tableId } from '../engine/table-id.js';
import type { MappedColumn } from '../schema/mapped-field.js';
import type { SchemaState } from '../schema/schema-state.js';
import type { ViewNote } from '../schema/view-notes.js';
import { type ViewName, viewName } from '../words/view-words.js';
import { reportWords } from './report-columns.js';
import { REPORT_VIEWS } from './report-views.js';
import { zoneOffsets } from './zone-offsets.js';

/** A view for the tables as they are. */
export interface PlannedView {
  readonly name: string;
  readonly timeZone: string;
  readonly select: CompiledQuery;
  /** The digest of its definition. */
  readonly digest: string;
}

/** A view, and whether it is there. */
export interface ViewState {
  readonly view: PlannedView;
  readonly state: ReportView['state'];
}

/** Returns all views for the tables as they are. @throws a fatal SinkError for a name that is no time zone */
export function plannedViews(
  context: SqlContext,
  dialect: ViewDialect,
  state: SchemaState,
  timeZone: string,
): readonly PlannedView[] {
  const { session, settings } = context;
  const words = reportWords(context, dialect, state, zoneOffsets(timeZone));
  const fields = mappedInOrder(state);
  return (Object.keys(REPORT_VIEWS) as ViewName[]).map((view) => {
    const select = REPORT_VIEWS[view](words, fields).compile(session.db);
    return { name: viewName(settings, view), timeZone, select, digest: hash('sha256', select.sql, 'hex') };
  });
}

/** Returns the columns of fields of contacts in the order of the table's columns, so that a new field comes last. */
export function mappedInOrder({ descriptions, map }: SchemaState): readonly MappedColumn[] {
  const isOf =
    (name: string) =>
    ({ table, column }: MappedColumn) =>
      table === 'contacts' && column === name;
  return (descriptions.contacts?.columns ?? []).flatMap(({ name }) => map.find(isOf(name)) ?? []);
}

/** Returns the statement that makes the view, for operators. */
export function statementOf(context: SqlContext, { name, select }: PlannedView): string {
  const head = sql`create view ${tableId(context, name)} as`.compile(context.session.db).sql;
  return `${head}\n${select.sql.replace(/\n +/g, '\n  ')}`;
}

/** Returns the state of a view. @param taken the names that objects of the database have */
export function stateOf(
  { name, digest }: PlannedView,
  notes: readonly ViewNote[],
  taken: readonly string[],
): ReportView['state'] {
  if (!taken.includes(name)) return 'absent';
  const note = notes.find((each) => each.name === name);
  if (note === undefined) return 'foreign';
  return note.digest === digest ? 'current' : 'outdated';
}
