import { type Fields, fieldOf } from '../contract/index.js';

/** Selects transactions. The filter does not affect the contact's row. */
export interface TransactionFilter {
  readonly mode: 'all' | 'updates_only' | 'hi_updates_only';
  /** Beginnings of the `task` of transactions that are let in; empty: all tasks. */
  readonly prefixes: readonly string[];
}

/** Returns the filter that a plan names; null where the text is no plan of a run. */
export function filterOfPlan(plan: string): TransactionFilter | null {
  const [, mode, prefixes = ''] =
    /^filter=(all|updates_only|hi_updates_only) prefixes=(.*?)(?: \w+=.*)?$/.exec(plan) ?? [];
  if (mode === undefined) return null;
  return { mode: mode as TransactionFilter['mode'], prefixes: prefixes.split(',').filter((prefix) => prefix !== '') };
}

/** True where this transaction is wanted. A part of the filter accepts a transaction without the field that it reads. */
export function passesFilter(transaction: Fields, filter: TransactionFilter): boolean {
  return passesMode(transaction, filter.mode) && passesPrefixes(transaction, filter.prefixes);
}

function passesMode(transaction: Fields, mode: TransactionFilter['mode']): boolean {
  if (mode === 'all') return true;
  const type = textOf(transaction, 'type');
  if (type !== null && type !== 'update') return false;
  if (mode === 'updates_only') return true;
  return (fieldOf(transaction, 'user') ?? null) !== null && fieldOf(transaction, 'status_detail') !== '$assigned';
}

function passesPrefixes(transaction: Fields, prefixes: readonly string[]): boolean {
  const task = textOf(transaction, 'task');
  return prefixes.length === 0 || task === null || prefixes.some((prefix) => task.startsWith(prefix));
}

function textOf(transaction: Fields, name: string): string | null {
  const value = fieldOf(transaction, name);
  return typeof value === 'string' && value !== '' ? value : null;
}
