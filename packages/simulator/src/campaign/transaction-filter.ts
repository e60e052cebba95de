import type { JsonObject } from '../contact/json.js';

/** The transactions that a request selects. */
export interface TransactionFilter {
  readonly type: string | null;
  /** True: only those of people. */
  readonly hi: boolean;
  /** Prefixes of tasks; none: all. */
  readonly tasks: readonly string[];
}

/**
 * Reads a filter in the words of the events, `type`, `hi`, `tasks`, or in those of the command line, `fm`, `fp`.
 * Undefined for an unknown `fm`.
 */
export function parseFilter(query: URLSearchParams): TransactionFilter | undefined {
  const mode = query.get('fm') ?? '';
  if (!['', 'updates_only', 'hi_updates_only'].includes(mode)) return undefined;
  const tasks = query.get('tasks') ?? query.get('fp') ?? '';
  return {
    type: query.get('type') ?? (mode === '' ? null : 'update'),
    hi: query.get('hi') === 'true' || mode === 'hi_updates_only',
    tasks: tasks
      .split(',')
      .map((prefix) => prefix.trim().replace(/^["']+|["']+$/g, ''))
      .filter((prefix) => prefix !== ''),
  };
}

/** A transaction passes each part of the filter whose field it does not have. */
export function passes(transaction: JsonObject, filter: TransactionFilter): boolean {
  const { type, task, user, status_detail } = transaction;
  if (filter.type !== null && isText(type) && type !== filter.type) return false;
  if (filter.hi && ((user ?? null) === null || status_detail === '$assigned')) return false;
  return filter.tasks.length === 0 || !isText(task) || filter.tasks.some((prefix) => task.startsWith(prefix));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
