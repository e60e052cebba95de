import { type Fields, fieldOf } from '../contract/index.js';
import { DbsyncError } from '../dbsync-error.js';
import type { TransactionFilter } from '../transaction-filter.js';

const MODES = ['updates_only', 'hi_updates_only'] as const;

/** Whether this transaction is wanted. Each part of the filter lets pass what lacks the field that it looks at. */
export function passesFilter(transaction: Fields, filter: TransactionFilter): boolean {
  return passesMode(transaction, filter.mode) && passesPrefixes(transaction, filter.prefixes);
}

/** @param text of `--filter-mode`; null where it was not given. Throws `FILTER_MODE_UNKNOWN` for a word that is no mode. */
export function parseFilterMode(text: string | null): TransactionFilter['mode'] {
  const word = text === null ? '' : withoutQuotes(text);
  if (word === '') return 'all';
  const mode = MODES.find((known) => known === word);
  if (mode) return mode;
  throw new DbsyncError('FILTER_MODE_UNKNOWN', `The filter mode "${word}" is unknown: give ${MODES.join(' or ')}.`);
}

/** @param text of `--filter-prefix`, such as `fc_,qc_`; a Windows shell may have left its quotes in it */
export function parseFilterPrefixes(text: string | null): readonly string[] {
  return (text ?? '').split(',').flatMap((part) => withoutQuotes(part) || []);
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

function withoutQuotes(text: string): string {
  return text
    .trim()
    .replace(/^['"]+|['"]+$/g, '')
    .trim();
}
