import { html, type Markup } from '../../../page/markup.js';
import { groupedCount, shareOf, spanOf } from '../../../page/page-figures.js';
import { type PageColumn, pageTable } from '../../../page/page-table.js';
import { section } from '../../../page/section.js';
import type { CampaignReport } from '../campaign-report.js';

const COUNTS: readonly PageColumn[] = [
  { title: 'Name', kind: 'name' },
  { title: '', kind: 'bar' },
  { title: 'Number', kind: 'number' },
  { title: 'Share', kind: 'number' },
];

export function outcomesSection({ outcomes, allOutcomes }: CampaignReport): Markup {
  const caption = 'Transactions that have a call in the period';
  return countsSection('Outcomes', caption, outcomes, allOutcomes);
}

export function statusesSection({ statuses, allContacts }: CampaignReport): Markup {
  return countsSection('Contacts by status', 'As they are now, whatever the period is', statuses, allContacts);
}

function countsSection(title: string, caption: string, counts: CampaignReport['outcomes'], all: number): Markup {
  if (counts.length === 0) return section(title, html`<p>None.</p>`);
  const most = Math.max(...counts.map(({ count }) => count));
  const rest = all - counts.reduce((sum, { count }) => sum + count, 0);
  const shown = rest > 0 ? [...counts, { name: '(others)', count: rest }] : counts;
  const rows = shown.map(({ name, count }) => [
    name,
    Math.min(1, count / most),
    groupedCount(count),
    shareOf(count, all),
  ]);
  return section(title, pageTable(caption, COUNTS, rows));
}

const AGENTS: readonly PageColumn[] = [
  { title: 'Agent', kind: 'name' },
  { title: '', kind: 'bar' },
  ...['Calls', 'Answered', 'Talk time', 'Transactions', 'Successes'].map(
    (title): PageColumn => ({ title, kind: 'number' }),
  ),
];

export function agentsSection({ agents, allAgents }: CampaignReport): Markup {
  if (agents.length === 0) return section('Agents', html`<p>None.</p>`);
  const most = Math.max(1, ...agents.map(({ calls }) => calls));
  const more = allAgents.agents - agents.length;
  const all = { agent: more > 0 ? `All ${groupedCount(allAgents.agents)} agents` : 'All agents', ...allAgents };
  const rows = [...agents, all].map((sums) => [
    sums.agent,
    sums === all ? 0 : sums.calls / most,
    groupedCount(sums.calls),
    shareOf(sums.answered, sums.calls),
    spanOf(sums.talkSec),
    groupedCount(sums.transactions),
    groupedCount(sums.successes),
  ]);
  const caption = more > 0 ? 'Those with most calls' : 'Those with most calls first';
  return section(
    'Agents',
    html`<div class="scroll" tabindex="0" role="region" aria-label="Agents">${pageTable(caption, AGENTS, rows)}</div>`,
  );
}
