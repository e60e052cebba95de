import type { SchemaChange } from '@dbsync/core/contract';
import { formatCount, formatCounted, formatDuration, formatPart } from '../../terminal/figures.js';
import { printableLine } from '../../terminal/printable.js';
import { textTable } from '../../terminal/text-table.js';
import { wrapText } from '../../terminal/wrap-text.js';
import type { ReportedCampaign, StatusReport } from './status-report.js';

/** The screen fits a terminal of this width. */
const COLUMNS = 80;
/** So many columns are named. */
const MAX_NAMED = 10;

const ADVERB = { current: 'Current', late: 'Late', unheld: 'Not running' } as const;

/** Writes the state for operators: words first, then the facts in a table. */
export function statusLines(report: StatusReport): readonly string[] {
  const { campaigns, target } = report;
  const [only, second] = campaigns;
  const of = (lines: readonly string[]) => lines.flatMap((line) => wrapText(printableLine(line), COLUMNS));
  if (only === undefined) return of([`No campaign was ever copied to ${target}.`]);
  const facts = second === undefined ? oneCampaign(only, target, of) : manyCampaigns(campaigns, target, of);
  return [...facts, ...of(changesLines(report.notChanged)), ...tableLines(report)];
}

type Wrap = (lines: readonly string[]) => readonly string[];

function oneCampaign(campaign: ReportedCampaign, target: string, wrap: Wrap): readonly string[] {
  const facts = factsOf(campaign);
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...wrap([
      `${ADVERB[campaign.state]}: ${reasonOf(campaign)}`,
      `Campaign ${campaign.campaign} in ${target}`,
      ...remarksOf(campaign),
    ]),
    '',
    ...facts.flatMap(([name, fact]) => {
      const [first = '', ...more] = wrapText(printableLine(fact), COLUMNS - width - 2);
      return [`${name.padEnd(width)}  ${first}`, ...more.map((line) => `${' '.repeat(width)}  ${line}`)];
    }),
  ];
}

function manyCampaigns(campaigns: readonly ReportedCampaign[], target: string, wrap: Wrap): readonly string[] {
  const counts = (['current', 'late', 'unheld'] as const).flatMap((state) => {
    const count = campaigns.filter((campaign) => campaign.state === state).length;
    return count === 0 ? [] : [`${formatCount(count)} ${ADVERB[state].toLowerCase()}`];
  });
  const rows = campaigns.map((campaign) => [
    campaign.campaign,
    ADVERB[campaign.state].toLowerCase(),
    campaign.behindMs === null ? '-' : span(campaign.behindMs),
    campaign.cycle === null ? '-' : `${span(campaign.cycle.agoMs)} ago`,
    campaign.deadLetters === null ? '?' : formatCount(sumOf(campaign.deadLetters)),
    campaign.holder === null ? '-' : campaign.holder.host,
  ]);
  return [
    ...wrap([`${formatCounted(campaigns.length, 'campaign')} in ${target}: ${counts.join(', ')}.`]),
    '',
    ...textTable(['CAMPAIGN', 'STATE', 'BEHIND', 'LAST CYCLE', 'DEAD LETTERS', 'HELD BY'], rows),
  ];
}

function reasonOf({ state, behindMs, allowedMs, copied, holder, deliveries }: ReportedCampaign): string {
  const behind = behindMs === null ? 'nothing was copied yet' : `${span(behindMs)} behind`;
  if (state === 'unheld') return `no process holds the campaign; ${behind}.`;
  if (state === 'current') return `${behind}.`;
  if (holder?.mode === 'db_init' || holder?.mode === 'db_update') {
    const of = copied?.of == null ? '' : ` of ${formatCount(copied.of)}`;
    const done = copied === null ? '' : `, ${formatCount(copied.done)}${of} contacts so far`;
    return `${holder.mode} copies${done}. It ends by itself, and no process keeps the copy current then.`;
  }
  if (behindMs !== null && behindMs <= allowedMs && deliveries !== null) {
    return `${STATE_OF_RECEIVER[deliveries.state]}, and ${formatCounted(deliveries.messages, 'message')} wait.`;
  }
  return behindMs === null ? `${behind}.` : `${behind}; up to ${span(allowedMs)} is usual.`;
}

const STATE_OF_RECEIVER = {
  up: 'the receiver takes deliveries',
  down: 'the receiver is down',
  refusing: 'the receiver answers, and accepts nothing',
  gone: 'the receiver accepts no deliveries any more',
  unproven: 'the receiver has never accepted a delivery',
  paused: 'an operator has paused deliveries',
} as const;

const SIDES: Readonly<Record<string, string>> = { api: 'the API', store: 'the target', endpoint: 'the receiver' };

function remarksOf({ trouble, holder, keepsHeartbeats }: ReportedCampaign): readonly string[] {
  const remarks: string[] = [];
  if (trouble !== null) {
    const side = SIDES[trouble.for] ?? trouble.for;
    remarks.push(`It has waited for ${side} for ${span(trouble.forMs)}: ${trouble.code}, see docs/errors.md.`);
  }
  if (!keepsHeartbeats) {
    remarks.push(
      'An earlier version of dbsync made this target, and it keeps no heartbeats that this account can read: the last cycle is not known. The next start of dbsync adds them. Nothing was changed now.',
    );
  } else if (holder !== null && holder.mode === null) {
    remarks.push('The process that holds the campaign has kept no heartbeat yet: it has just begun, or is older.');
  }
  return remarks;
}

function factsOf(campaign: ReportedCampaign): readonly (readonly [name: string, fact: string])[] {
  const { holder, cycle, progress, deadLetters, requests, deliveries, filling, now } = campaign;
  const ago = (instant: string) => `${shown(instant)} (${span(Date.parse(now) - Date.parse(instant))} ago)`;
  const facts: [string, string | null][] = [
    ['Held by', holder === null ? 'no process' : holderText(holder)],
    ['Last cycle', cycle === null ? 'not known' : `${span(cycle.agoMs)} ago; it took ${span(cycle.tookMs)}`],
    ['Events', progress?.eventsUntil ? `copied up to ${shown(progress.eventsUntil)}` : 'none yet'],
    [
      'Inbound calls',
      progress?.inboundUntil && deliveries === null ? `copied up to ${shown(progress.inboundUntil)}` : null,
    ],
    ['Last listing', progress?.listedFrom ? `of changes: ${ago(progress.listedFrom)}` : 'of changes: none yet'],
    ['', progress?.fullyListedFrom ? `of all contacts: ${ago(progress.fullyListedFrom)}` : 'of all contacts: none yet'],
    ['Back-fill', progress?.backfill ? `from ${shown(progress.backfill.from)}, under way` : null],
    ['Columns', filling === null ? null : fillingText(filling)],
    ['Dead letters', deadLetters === null ? 'this account may not read them' : lettersText(deadLetters)],
    ['Requests', requests === null ? null : `${formatCount(requests)} in the mailbox`],
    ['Deliveries', deliveries === null ? null : deliveriesText(deliveries)],
  ];
  return facts.flatMap(([name, fact]) => (fact === null ? [] : [[name, fact] as const]));
}

function holderText({ host, pid, mode, heldMs }: NonNullable<ReportedCampaign['holder']>): string {
  const as = mode === null ? '' : `, ${mode}`;
  return `process ${pid} on ${host}${as}${heldMs === null ? '' : `, for ${span(heldMs)}`}`;
}

function fillingText({ what, done, of }: NonNullable<ReportedCampaign['filling']>): string {
  return `younger ones of ${what} are filled: ${formatPart(done, of)} rows so far`;
}

function lettersText(letters: Readonly<Record<string, number>>): string {
  const all = sumOf(letters);
  if (all === 0) return 'none';
  const kinds = Object.entries(letters).map(([kind, count]) => `${formatCount(count)} ${kind}`);
  return `${formatCount(all)} (${kinds.join(', ')}): see dbsync dead-letters list`;
}

function deliveriesText({ messages, contacts, oldestMs, state, forMs }: NonNullable<ReportedCampaign['deliveries']>) {
  const since = state === 'up' || forMs === null ? '' : `, for ${span(forMs)}`;
  const oldest = oldestMs === null ? '' : `, the oldest for ${span(oldestMs)}`;
  const waiting = `${formatCounted(messages, 'message')} for ${formatCounted(contacts, 'contact')} wait${oldest}`;
  return `${messages === 0 ? 'none waits' : waiting}; ${STATE_OF_RECEIVER[state]}${since}`;
}

function changesLines(changes: readonly SchemaChange[] | null): readonly string[] {
  if (changes === null || changes.length === 0) return [];
  const named = changes.slice(0, MAX_NAMED).map(({ table, column, change }) => `${table}.${column} (${change})`);
  const more = changes.length > MAX_NAMED ? ` and ${formatCount(changes.length - MAX_NAMED)} more` : '';
  return ['', `Not changed yet: ${named.join(', ')}${more}. The log names what is in the way (SQL_CHANGE_DEFERRED).`];
}

function tableLines({ tables, campaigns }: StatusReport): readonly string[] {
  if (tables.length === 0) return [];
  const rows = tables.map(({ table, rows: count, isEstimate }) => [
    table,
    isEstimate ? `about ${formatCount(count)}` : formatCount(count),
  ]);
  return ['', ...textTable(['TABLE', campaigns.length > 1 ? 'ROWS, OF ALL CAMPAIGNS' : 'ROWS'], rows)];
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function shown(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')} UTC`;
}

/** Writes whole seconds without a fraction: `40 s`. */
function span(ms: number): string {
  return formatDuration(ms < 10_000 ? ms : Math.round(ms / 1000) * 1000).replace('.0 s', ' s');
}
