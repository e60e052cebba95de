import { html, type Markup } from '../../../page/markup.js';
import { groupedCount, meanSpanOf, shareOf, spanOf } from '../../../page/page-figures.js';
import { pageFrame } from '../../../page/page-frame.js';
import { PAGE_STYLE } from '../../../page/page-style.js';
import { pageTiles } from '../../../page/tiles.js';
import { packageVersion } from '../../../version.js';
import type { CampaignReport, ReportedCopy } from '../campaign-report.js';
import { timeIn } from '../report-period.js';
import { daysSection, hoursSection } from './call-sections.js';
import { agentsSection, outcomesSection, statusesSection } from './count-sections.js';

/** Stands near the beginning of each page, so that a later report finds that it may replace the file. */
const GENERATOR = '<meta name="generator" content="dbsync report">';

const HEAD = html`${{ markup: GENERATOR }}
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`;

const MOST_COPIES = 10;

/** True for the beginning of a page that {@link reportPage} made. */
export function isReportPage(beginning: string): boolean {
  return beginning.startsWith('<!doctype html>\n') && beginning.includes(GENERATOR);
}

/**
 * Draws a report as a page that needs nothing else: no script, no network. It has all figures as texts and in tables too. The
 * same report gives the same page.
 */
export function reportPage(report: CampaignReport): string {
  const title = report.campaign === null ? 'Calls of all campaigns' : `Calls of campaign ${report.campaign}`;
  return pageFrame({
    language: 'en',
    title: `${title}, ${report.firstDay} to ${report.lastDay}`,
    head: HEAD,
    style: PAGE_STYLE,
    body: html`<main>
<h1>${title}</h1>
<p>${report.firstDay} to ${report.lastDay}, times of ${report.timeZone}</p>
${copiesOf(report)}
${tilesOf(report)}
${hoursSection(report)}
${daysSection(report)}
${outcomesSection(report)}
${agentsSection(report)}
${statusesSection(report)}
</main>
<footer><p>Made at ${timeIn(report.timeZone, Date.parse(report.madeAt))} by dbsync ${packageVersion()} from its copy. This page names agents: treat it as personal data.</p></footer>`,
  });
}

function copiesOf({ copies, timeZone, campaign }: CampaignReport): Markup {
  const lines = copies.slice(0, MOST_COPIES).map((copy) => {
    const name = campaign === null ? `Campaign ${copy.campaign}` : 'The campaign';
    return html`<p class="soft">${name} ${copyText(copy, timeZone)}</p>\n`;
  });
  const more = copies.length - MOST_COPIES;
  return html`${lines}${more > 0 ? html`<p class="soft">and ${more} more campaigns</p>` : html``}`;
}

function copyText({ state, copiedUntil, behindMs }: ReportedCopy, timeZone: string): string {
  if (copiedUntil === null) return 'has nothing yet';
  const behind = behindMs === null ? '' : `, ${spanOf(behindMs / 1000)} behind`;
  const held = state === 'unheld' ? '; no process keeps it current' : '';
  return `is copied up to ${timeIn(timeZone, Date.parse(copiedUntil))}${behind}${held}`;
}

function tilesOf({ totals, allAgents, allOutcomes, inbound, allContacts }: CampaignReport): Markup {
  return pageTiles([
    [
      'Calls',
      groupedCount(totals.calls),
      `${groupedCount(totals.answered)} answered (${shareOf(totals.answered, totals.calls)})`,
    ],
    ['Talk time', spanOf(totals.talkSec), `${meanSpanOf(totals.talkSec, totals.answered)} a call`],
    ['Transactions with calls', groupedCount(allOutcomes), 'that have an outcome'],
    ['Agents', groupedCount(allAgents.agents), `${groupedCount(allAgents.successes)} successes`],
    [
      'Inbound calls',
      groupedCount(inbound.calls),
      `${shareOf(inbound.answered, inbound.calls)} answered, ${meanSpanOf(inbound.waitSec, inbound.calls)} wait`,
    ],
    ['Contacts', groupedCount(allContacts), 'in the copy now'],
  ]);
}
