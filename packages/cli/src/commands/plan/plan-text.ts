import type { PlannedBackfill } from '@dbsync/core/cli-kit';
import type { PlannedChange } from '@dbsync/core/contract';
import { formatCount, formatCounted } from '../../terminal/figures.js';
import { printableLine } from '../../terminal/printable.js';
import { wrapText } from '../../terminal/wrap-text.js';
import { factLines } from '../explain/contact-facts.js';
import type { PlannedCopy } from './planned-copy.js';

const COLUMNS = 80;

/** Writes what a start would change: first in one sentence, then each change, then the rest of what it would do. */
export function planLines(planned: PlannedCopy): readonly string[] {
  const { changes, effects } = planned;
  const kept = changes.filter(({ change }) => change === 'overflow');
  const due = changes.filter(({ change }) => change !== 'overflow');
  return [
    ...wrapped(verdictOf(planned, due)),
    ...(due.length === 0 ? [] : ['', ...due.flatMap(linesOf)]),
    ...(kept.length === 0
      ? []
      : ['', 'Fields that get no column; their values are in $overflow:', ...kept.flatMap(keptLines)]),
    ...(effects.length === 0 ? [] : ['', ...effects.flatMap((effect) => wrapped(effect))]),
    '',
    ...factLines(factsOf(planned)),
  ];
}

function verdictOf({ target, mode, refused, effects }: PlannedCopy, due: readonly PlannedChange[]): string {
  const blocked = due.filter(({ obstacle }) => obstacle !== undefined);
  if (refused !== null) return `A start of ${mode} would be refused: ${refused}`;
  if (due.length === 0)
    return `A start of ${mode} would change no table of ${target}${effects.length > 0 ? ', but see below' : ''}.`;
  const made = `A start of ${mode} would make ${formatCounted(due.length - blocked.length, 'change')} in ${target}`;
  if (blocked.length === 0) return `${made}.`;
  const isFatal = blocked.some(({ obstacle }) => obstacle?.isFatal === true);
  const then = isFatal ? 'the start would end there' : 'values that do not fit stay in $overflow until then';
  return `${made}; ${formatCount(blocked.length)} cannot be made now, and ${then}.`;
}

const WORDS: Readonly<Record<PlannedChange['change'], string>> = {
  'create-table': 'create',
  add: 'add',
  widen: 'widen',
  unlink: 'unlink',
  overflow: '',
};

function linesOf({ table, column, change, to, field, why, obstacle }: PlannedChange): readonly string[] {
  const what = change === 'create-table' ? `${table}: ${to}` : `${table}.${column}: ${to}`;
  const named = field === undefined ? '' : `, for the field ${JSON.stringify(field)}: ${why ?? ''}`;
  const lines = wrapText(printableLine(`${WORDS[change].padEnd(7)} ${what}${named}`), COLUMNS);
  if (obstacle === undefined) return lines;
  const clear =
    obstacle.clear === null ? '' : ` To allow it: save its definition, then remove it with ${obstacle.clear}`;
  return [...lines, ...wrapText(printableLine(`cannot be made now: ${obstacle.what}.${clear}`), COLUMNS, '        ')];
}

function keptLines({ column, to }: PlannedChange): readonly string[] {
  return wrapText(printableLine(`${column}: ${to}`), COLUMNS, '  ');
}

function wrapped(text: string): readonly string[] {
  return wrapText(printableLine(text), COLUMNS);
}

function factsOf({ fields, filter, window, requests, heldBy }: PlannedCopy) {
  const { listing, listedFrom, eventsFrom, inboundFrom, backfill } = window;
  const { listed, isMore, bodies, least, most } = requests;
  const tasks = filter.prefixes.length === 0 ? 'of all tasks' : `of tasks ${filter.prefixes.join(', ')}`;
  const contacts = listedFrom === null ? 'all' : `changed since ${listedFrom}`;
  const calls = inboundFrom === null ? 'all' : `since ${inboundFrom}`;
  const events = eventsFrom === null ? '' : `; events since ${eventsFrom}`;
  const known = `${isMore ? 'more than ' : ''}${formatCounted(listed, 'contact')}, of which about ${formatCount(bodies)} are fetched`;
  const range = least === most ? formatCount(least) : `${formatCount(least)} to ${formatCount(most)}`;
  return [
    ['fields', formatCounted(fields, 'custom field')],
    ['filter', `transactions: ${filter.mode}, ${tasks}`],
    ['window', `contacts: ${contacts}${events}; inbound calls: ${calls}`],
    ['listing', listing === 'complete' ? 'complete: all that the copy should hold is compared' : 'of changes'],
    ...(backfill === null ? [] : [['back-fill', backfillText(backfill)] as const]),
    ['requests', `${isMore ? 'at least ' : 'about '}${range}: ${known}`],
    ['held by', heldBy === null ? 'no process' : `process ${heldBy.pid} on ${heldBy.host}`],
  ] as const;
}

function backfillText({ contactsFrom, callsFrom, isNew }: PlannedBackfill): string {
  const contacts = contactsFrom === null ? 'copied' : `changed since ${contactsFrom}`;
  return `${isNew ? 'begins' : 'continues'}; contacts: ${contacts}; inbound calls: since ${callsFrom}`;
}
