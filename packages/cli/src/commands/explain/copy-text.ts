import { formatCounted } from '../../terminal/figures.js';
import { printableLine } from '../../terminal/printable.js';
import { wrapText } from '../../terminal/wrap-text.js';
import { linesOfCell } from '../verify-text.js';
import { apiLine, factLines, letterLines, needsReplay, recordsText } from './contact-facts.js';
import type { ExplainedCopy } from './explained-copy.js';

/** The most cells on the screen; `--json` has all. */
const SHOWN = 20;
/** The screen fits a terminal of this width. */
const COLUMNS = 80;

/** Writes what is the matter with a contact of a copy, then the details. */
export function copyLines(explained: ExplainedCopy): readonly string[] {
  const { verdict, id, named, contact } = explained;
  const isOfContact = named !== null && named !== 'contacts' && contact !== id;
  const whose = isOfContact ? [`${NOUNS[named] ?? named} ${id} belongs to contact ${contact}.`] : [];
  const words = [...whose, ...matterOf(explained)].flatMap((line) => wrapText(printableLine(line), COLUMNS));
  if (verdict === 'unknown') return words;
  if (contact === id && isOfCall(explained)) {
    return [...words, ...letterLinesOf(explained), ...differenceLines(explained)];
  }
  return [...words, '', ...detailsOf(explained), ...letterLines(explained.deadLetters), ...differenceLines(explained)];
}

const NOUNS: Readonly<Record<string, string>> = {
  transactions: 'Transaction',
  connections: 'Connection',
  recordings: 'Recording',
  inbound_calls: 'Inbound call',
};

/** True where the id is that of an inbound call without a contact, or of one that the copy lacks. */
function isOfCall({ verdict, named }: ExplainedCopy): boolean {
  return verdict.startsWith('call-') || (verdict === 'deleted' && named === 'inbound_calls');
}

function letterLinesOf({ deadLetters }: ExplainedCopy): readonly string[] {
  return deadLetters.length === 0 ? [] : ['', ...letterLines(deadLetters)];
}

function matterOf(explained: ExplainedCopy): readonly string[] {
  if (isOfCall(explained)) return [callMatter(explained)];
  return contactMatter(explained);
}

function callMatter(explained: ExplainedCopy): string {
  const { verdict, id, target } = explained;
  switch (verdict) {
    case 'call-missing':
      return `Inbound call ${id} is missing in ${target}, and dbsync knows no reason for it. ${REPAIR}`;
    case 'call-differs':
      return `Inbound call ${id}: the copy differs (${countedOf(explained.differences)}). ${REPAIR}`;
    case 'deleted':
      return `Inbound call ${id}: the campaign no longer lists it, and the row of the copy stays.`;
    default:
      return `Inbound call ${id}: the copy has the same values as the campaign. The call names no contact.${dueText(explained)}`;
  }
}

const REPAIR = 'To fetch inbound calls again: dbsync verify --repair, with the options of this command.';

function dueText({ dueCalls }: ExplainedCopy): string {
  if (dueCalls.length === 0) return '';
  const [differ, them] = dueCalls.length === 1 ? ['differs', 'it'] : ['differ', 'them'];
  return ` ${formatCounted(dueCalls.length, 'inbound call')} of the last day (${dueCalls.slice(0, SHOWN).join(', ')}) still ${differ}: the process that holds the campaign reads ${them} again within 15 minutes.`;
}

function contactMatter(explained: ExplainedCopy): readonly string[] {
  const { copy, contact, campaign, since, deadLetters, differences, missedSince, api, target } = explained;
  const refetch = `To fetch it again: dbsync refetch ${contact}, with the options of this command.`;
  switch (explained.verdict) {
    case 'equal':
      return [
        `Contact ${contact}: the copy has all that the campaign has, inbound calls included.${besides(explained)}${dueText(explained)}`,
      ];
    case 'missing':
      return [`Contact ${contact} is missing in ${target}, and dbsync knows no reason for it. ${refetch}`];
    case 'differs':
      return [`Contact ${contact}: the copy differs (${countedOf(differences)}). ${remedyOf(explained, refetch)}`];
    case 'dead-letter': {
      const letter = deadLetters.find(({ kind }) => kind === 'contact' || kind === 'fetch');
      if (letter === undefined) return [`Contact ${contact} was refused. ${refetch}`];
      const what = letter.kind === 'fetch' ? 'The API did not give the body' : 'The database refused it';
      return [
        `Contact ${contact} is a dead letter: ${what} (${letter.code}). To try again: ${needsReplay(letter, campaign)}`,
      ];
    }
    case 'before-since':
      return [
        `Contact ${contact} is not copied: the copy begins at ${since}, and nothing has happened to the contact since. To copy it nevertheless: dbsync refetch ${contact}, with the options of this command.`,
      ];
    case 'forgotten':
      return [
        `Contact ${contact} was forgotten, so dbsync keeps it out. To copy it again: dbsync forget ${contact} --undo --campaign ${campaign} --url TARGET`,
      ];
    case 'deleted': {
      const deletedAt = copy?.deletedAt ?? null;
      const missed = missedSince === null ? '' : ` Complete listings have lacked it since ${missedSince}.`;
      const evidence =
        deletedAt === null ? missed : ` The campaign deleted it at ${deletedAt} or earlier (deleted_at).`;
      return [
        `Contact ${contact}: the campaign no longer has it, and the rows of the copy stay.${evidence} A db_sync with --mirror-deletions removes them after two complete listings a day apart; dbsync verify --drop-gone removes them now.`,
      ];
    }
    case 'other-campaign':
      return [
        `Contact ${contact} belongs to campaign ${copy?.stream}, whose rows are in this database too. Campaign ${campaign} does not have it. To explain it: dbsync explain ${contact} --campaign ${copy?.stream}, with the options of that copy.`,
      ];
    case 'unread':
      return [
        `Contact ${contact}: the API did not return it now (${api?.code}: ${api?.reason}). Run the command again later.`,
      ];
    case 'unknown':
      return unknownLines(explained);
    default:
      return [callMatter(explained)];
  }
}

/** A contact that is fetched again brings no inbound calls with it. */
function remedyOf({ differences }: ExplainedCopy, refetch: string): string {
  const ofCalls = differences.filter(({ table }) => table === 'inbound_calls').length;
  if (ofCalls === 0) return refetch;
  return ofCalls === differences.length ? REPAIR : `${refetch} ${REPAIR}`;
}

function unknownLines({ id, campaign, log }: ExplainedCopy): readonly string[] {
  if (log.last?.what === 'removed') {
    return [`Contact ${id} was removed at ${log.last.at}, since the campaign no longer had it (${log.last.file}).`];
  }
  return [
    `No record has the id ${id}: neither a contact or an inbound call of campaign ${campaign}, nor a row or a dead letter of the copy. It may be misspelled, left out by the filter, or deleted in the campaign and removed by --mirror-deletions or --drop-gone. For a transaction that has no row, give the id of its contact.`,
  ];
}

function besides({ deadLetters, api }: ExplainedCopy): string {
  const letters =
    deadLetters.length === 0
      ? ''
      : ` ${formatCounted(deadLetters.length, 'record')} of it could not be written: see below.`;
  const hidden = api?.filteredOut.length ?? 0;
  return hidden === 0 ? letters : ` The filter leaves out ${formatCounted(hidden, 'transaction')}.${letters}`;
}

function countedOf(differences: ExplainedCopy['differences']): string {
  const kinds = new Map<string, number>();
  for (const { kind } of differences) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const words = [...kinds].map(([kind, count]) => {
    if (kind === 'cell') return formatCounted(count, 'cell');
    return kind === 'row' ? formatCounted(count, 'missing row') : (WHOLE[kind] ?? kind);
  });
  return words.length === 0 ? 'it could not be compared cell by cell' : words.join(', ');
}

const WHOLE: Readonly<Record<string, string>> = {
  stale: 'the row has another version',
  broken: 'rows below it are gone, or another program added some',
  unproved: 'the row is not as dbsync wrote it',
};

function detailsOf({ api, copy, log, heldBy, eventsUntil, listedFrom, verdict, missedSince }: ExplainedCopy) {
  if (verdict === 'forgotten') return factLines([['held by', holderText(heldBy)]]);
  const copyText = copy === null ? 'no row' : `md5 ${copy.md5 ?? 'none'}, ${recordsText(copy.records)}`;
  return factLines([
    ['campaign', apiLine(api)],
    ...(api?.filteredOut ?? [])
      .slice(0, SHOWN)
      .map((one) => ['', `left out by the filter: ${leftOutText(one)}`] as const),
    ['copy', copyText],
    ...(copy?.changedAt ? [['changed', `${copy.changedAt}, by the clock of the database`] as const] : []),
    ...(copy?.deletedAt ? [['marked', `as deleted: a listing of ${copy.deletedAt} lacked it too`] as const] : []),
    ['written by', writtenText(log)],
    ...(missedSince === null ? [] : [['missed', `by complete listings since ${missedSince}`] as const]),
    ['held by', holderText(heldBy)],
    ['read until', `events ${eventsUntil ?? 'never'}; last listing began ${listedFrom ?? 'never'}`],
  ]);
}

function leftOutText(left: object): string {
  const { id, fired, task, type } = left as {
    id: string;
    fired: string | null;
    task: string | null;
    type: string | null;
  };
  return [`${id}`, fired ?? 'no time', `task ${task ?? 'none'}`, `type ${type ?? 'none'}`].join(', ');
}

/** Writes which run wrote the contact last, as far as the logs of this machine tell. */
function writtenText({ last, runningThen, read, logs }: ExplainedCopy['log']): string {
  if (last !== null) return `${last.mode}, at ${last.at}: ${last.file}`;
  const [then, ...others] = runningThen;
  const searched = `${read} of ${formatCounted(logs, 'log')} of this machine searched, no write found; only logs at --log-level debug name writes`;
  if (then === undefined) return searched;
  return others.length === 0
    ? `${then} was running then; ${searched}`
    : `one of ${runningThen.join(', ')}; ${searched}`;
}

/** Writes which process holds the campaign. */
export function holderText(heldBy: ExplainedCopy['heldBy']): string {
  return heldBy === null ? 'no process' : `process ${heldBy.pid} on ${heldBy.host}`;
}

function differenceLines({ differences }: ExplainedCopy): readonly string[] {
  const lines = differences.slice(0, SHOWN).flatMap(({ kind, table, rowId, ...cell }): readonly string[] => {
    if (kind === 'cell') return linesOfCell({ ...cell, table, id: rowId });
    return [kind === 'row' ? `row: ${table} ${rowId} does not exist` : `${kind}: ${table} ${rowId}`];
  });
  const more = differences.length - SHOWN;
  const rest = more > 0 ? [`and ${formatCounted(more, 'other difference')}: --json names all`] : [];
  return lines.length === 0 ? [] : ['', ...lines, ...rest];
}
