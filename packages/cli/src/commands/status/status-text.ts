import type { SchemaChange } from '@dbsync/core/contract';
import { formatCount, formatCounted } from '../../terminal/figures.js';
import { printableLine } from '../../terminal/printable.js';
import { textTable } from '../../terminal/text-table.js';
import { wrapText } from '../../terminal/wrap-text.js';
import { factsOf, stateText, sumOf, troubleText } from './campaign-text.js';
import type { ReportedCampaign, StatusReport } from './status-report.js';
import { STATUS_WORDS } from './status-words.js';

/** The screen fits a terminal of this width. */
const COLUMNS = 80;
/** The most columns that are named. */
const MAX_NAMED = 10;

const WORDS = STATUS_WORDS.en;

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
  const facts = factsOf(campaign, WORDS);
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...wrap([stateText(campaign, WORDS), WORDS.campaignIn(campaign.campaign, target), ...remarksOf(campaign)]),
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
    return count === 0 ? [] : [`${formatCount(count)} ${WORDS.states[state].toLowerCase()}`];
  });
  const rows = campaigns.map((campaign) => [
    campaign.campaign,
    WORDS.states[campaign.state].toLowerCase(),
    campaign.behindMs === null ? '-' : WORDS.span(campaign.behindMs),
    campaign.cycle === null ? '-' : `${WORDS.span(campaign.cycle.agoMs)} ago`,
    campaign.deadLetters === null ? '?' : formatCount(sumOf(campaign.deadLetters)),
    campaign.holder === null ? '-' : campaign.holder.host,
  ]);
  return [
    ...wrap([`${formatCounted(campaigns.length, 'campaign')} in ${target}: ${counts.join(', ')}.`]),
    '',
    ...textTable(['CAMPAIGN', 'STATE', 'BEHIND', 'LAST CYCLE', 'DEAD LETTERS', 'HELD BY'], rows),
  ];
}

const EARLIER_TARGET =
  'An earlier version of dbsync made this target, and it keeps no heartbeats that this account can read: the last cycle is not known. The next start of dbsync adds them. Nothing was changed now.';
const NO_HEARTBEAT = 'The process that holds the campaign has kept no heartbeat yet: it has just begun, or is older.';

function remarksOf(campaign: ReportedCampaign): readonly string[] {
  const { holder, keepsHeartbeats } = campaign;
  const trouble = troubleText(campaign, WORDS);
  const remarks = trouble === null ? [] : [`${trouble}, ${WORDS.seeErrors}.`];
  if (!keepsHeartbeats) remarks.push(EARLIER_TARGET);
  else if (holder !== null && holder.mode === null) remarks.push(NO_HEARTBEAT);
  return remarks;
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
