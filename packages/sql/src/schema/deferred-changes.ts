import type { CallOptions, SinkError } from '@dbsync/core/contract';
import type { Obstacle } from '../engine/obstacle.js';
import type { SqlContext } from '../engine/sql-context.js';
import { listed } from '../words/listed.js';
import { explainDenied } from './denied-rights.js';
import { isDispensableColumn } from './schema-plan.js';
import type { DueStep } from './schema-steps.js';

/** A change that could not be made, and the reason. */
export interface DeferredChange {
  readonly step: DueStep;
  /** The server's error; null where the change was not tried, because an object prevents it. */
  readonly cause: SinkError | null;
  readonly obstacles: readonly Obstacle[];
}

/** The number of columns that a notice names. */
const MAX_NAMED = 20;

/** Reports changes that could not be made yet, with one notice for all changes of a table that have the same reason. */
export async function tellDeferred(
  context: SqlContext,
  deferred: readonly DeferredChange[],
  options: CallOptions,
): Promise<void> {
  const { names, notify } = context;
  const groups = Object.groupBy(deferred, ({ step, cause, obstacles }) =>
    JSON.stringify([
      step.table,
      isKey(step),
      isDispensableColumn(step),
      cause?.code,
      cause === null ? obstacles.map(withoutColumn) : cause.message,
    ]),
  );
  for (const group of Object.values(groups)) {
    const [first] = group ?? [];
    if (group === undefined || first === undefined) continue;
    const columns = group.map(({ step }) => `${names[step.table]}.${columnOf(step)}`);
    const message = `Not changed yet: ${listed(columns, MAX_NAMED)} (${await reasonOf(context, first, options)}). ${effectOf(first)} dbsync tries again every few minutes.${clearing(first)}`;
    notify({ level: 'warn', code: 'SQL_CHANGE_DEFERRED', message });
  }
}

/** One object may block several columns. */
function withoutColumn({ what, clear }: Obstacle) {
  return [what, clear];
}

function isKey({ step }: DueStep): boolean {
  return step === 'unique' || step === 'index';
}

function columnOf(step: DueStep): string {
  if (step.step === 'create-table') return '';
  return step.step === 'adopt' ? step.map.column : step.column;
}

async function reasonOf(context: SqlContext, { cause, obstacles }: DeferredChange, options: CallOptions) {
  if (cause !== null) return (await explainDenied(context, cause, false, options)).message;
  return `in the way: ${[...new Set(obstacles.map(({ what }) => what))].join(', ')}`;
}

function effectOf({ step }: DeferredChange): string {
  if (step.step === 'unique') return 'The table has no unique key of the id alone, so only one write runs at a time.';
  if (step.step === 'index') return 'The column has no index, so reading is slower.';
  if (isDispensableColumn(step)) return 'Contacts that the campaign has deleted are not marked until then.';
  return 'Values that do not fit go to $overflow until then.';
}

function clearing({ cause, obstacles }: DeferredChange): string {
  const statements = [...new Set(obstacles.flatMap(({ clear }) => clear ?? []))];
  if (cause !== null || statements.length === 0) return '';
  return ` To allow the change: save the definition of what is in the way, then run: ${statements.map((statement) => `${statement};`).join(' ')} Create it again when dbsync has reported that the columns are changed.`;
}
