import { html, type Markup } from '../../../page/markup.js';
import { groupedCount, shareOf, spanOf, twoDigits } from '../../../page/page-figures.js';
import { type PageColumn, pageTable } from '../../../page/page-table.js';
import { section } from '../../../page/section.js';
import { type CallSums, type CampaignReport, callSums } from '../campaign-report.js';
import { type Bar, barChart } from './bar-chart.js';

/** A longer period has a bar for each month instead of each day. */
const MOST_DAYS = 92;

/** Draws the calls of each hour of the day. */
export function hoursSection({ byHour, totals }: CampaignReport): Markup {
  const bars = byHour.map(({ hour, ...sums }) => ({
    ...sums,
    label: String(hour),
    name: `${twoDigits(hour)}:00 to ${twoDigits(hour)}:59`,
  }));
  const best = byHour.reduce((most, each) => (each.calls > most.calls ? each : most));
  const description = `Calls by hour of the day. Most calls begin between ${best.hour} and ${best.hour + 1}: ${groupedCount(best.calls)}.`;
  return callsSection('Calls by hour of the day', 'Hour', bars, totals, { description, labelEvery: 3 });
}

/** Draws the calls of each day, or of each month where the period is long. */
export function daysSection({ byDay, totals }: CampaignReport): Markup {
  const isLong = byDay.length > MOST_DAYS;
  const months = Map.groupBy(byDay, ({ day }) => day.slice(0, 7));
  const bars = isLong
    ? Array.from(months, ([month, days]) => ({ label: month, name: month, ...callSums(days) }))
    : byDay.map(({ day, ...sums }) => ({ ...sums, label: day.slice(5), name: day }));
  const unit = isLong ? 'Month' : 'Day';
  const description = `Calls by ${unit.toLowerCase()}: ${groupedCount(totals.calls)} in all.`;
  const chart = { description, labelEvery: Math.ceil(bars.length / 4) };
  return callsSection(`Calls by ${unit.toLowerCase()}`, unit, bars, totals, chart);
}

const LEGEND = html`<ul class="legend">
<li><svg width="12" height="12" aria-hidden="true"><rect class="part" width="12" height="12"/></svg>answered</li>
<li><svg width="12" height="12" aria-hidden="true"><rect class="whole" width="12" height="12"/></svg>not answered</li>
</ul>`;

function callsSection(
  title: string,
  unit: string,
  bars: readonly (Bar & CallSums)[],
  { calls }: CallSums,
  { description, labelEvery }: { readonly description: string; readonly labelEvery: number },
): Markup {
  if (calls === 0) return section(title, NONE);
  const columns = [
    { title: unit, kind: 'name' },
    ...['Calls', 'Answered', 'Share', 'Talk time'].map((name) => ({ title: name, kind: 'number' }) as const),
  ] as const satisfies readonly PageColumn[];
  const rows = bars.map((bar) => [
    bar.name,
    groupedCount(bar.calls),
    groupedCount(bar.answered),
    shareOf(bar.answered, bar.calls),
    spanOf(bar.talkSec),
  ]);
  return section(
    title,
    html`${LEGEND}
${barChart(bars, description, labelEvery)}
<details><summary>Figures of ${title.toLowerCase()}</summary>
${pageTable(title, columns, rows)}
</details>`,
  );
}

const NONE = html`<p>No calls in this period. Another one: dbsync report --since DAY --until DAY.</p>`;
