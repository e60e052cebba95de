import type { StatusWords } from '../commands/status/status-words.js';
import type { ChartLabel } from '../page/chart-frame.js';
import { html, type Markup } from '../page/markup.js';
import { pageTable } from '../page/page-table.js';
import { section } from '../page/section.js';
import { areaChart } from './area-chart.js';
import type { ShownCampaign } from './campaign-view.js';

/** The width of a step of a chart. */
const STEP_MINUTES = 5;
/** The smallest distance of two lines behind a chart of rates. */
const LEAST_RATE = 0.1;
const HOURS = 24;

/** Draws the lag of the last 24 hours. */
export function lagSection({ history }: ShownCampaign, words: StatusWords): Markup {
  const lags = history(STEP_MINUTES).map(({ lagMs }) => lagMs);
  const mostMs = Math.max(0, ...lags.map((lagMs) => lagMs ?? 0));
  const { unit, ms } = unitOf(mostMs);
  const values = lags.map((lagMs) => (lagMs === null ? null : lagMs / ms));
  const description = words.lagChartText(words.span(mostMs));
  return section(words.lagChart[unit], areaChart(values, 1, hourLabels(words), description));
}

/** Draws the rows written in the last 24 hours. */
export function rowsSection({ history }: ShownCampaign, words: StatusWords): Markup {
  const rates = history(STEP_MINUTES).map(({ rowsPerSecond }) => rowsPerSecond);
  const most = Math.max(0, ...rates.map((rate) => rate ?? 0));
  const description = words.rowsChartText(words.rate(most));
  return section(words.rowsChart, areaChart(rates, LEAST_RATE, hourLabels(words), description));
}

/** Draws the figures of both charts by hour, for those who do not see them. */
export function hourlyTable({ history }: ShownCampaign, words: StatusWords): Markup {
  const columns = [
    { title: words.hour, kind: 'name' },
    { title: words.mostLag, kind: 'number' },
    { title: words.meanRows, kind: 'number' },
  ] as const;
  const rows = history(60).map(({ lagMs, rowsPerSecond }, at) => [
    `${hoursAgo(HOURS - at)} – ${at === HOURS - 1 ? words.now : hoursAgo(HOURS - 1 - at)}`,
    lagMs === null ? '–' : words.span(lagMs),
    rowsPerSecond === null ? '–' : words.rate(rowsPerSecond),
  ]);
  return html`<details><summary>${words.hourly}</summary>
${pageTable(words.hourly, columns, rows)}
</details>`;
}

/** Chooses the unit in which the numbers beside a chart stay short. */
function unitOf(ms: number): { readonly unit: 's' | 'min' | 'h'; readonly ms: number } {
  if (ms < 180_000) return { unit: 's', ms: 1_000 };
  return ms < 180 * 60_000 ? { unit: 'min', ms: 60_000 } : { unit: 'h', ms: 3_600_000 };
}

function hourLabels({ now }: StatusWords): readonly ChartLabel[] {
  return [
    { text: hoursAgo(24), percent: 0, anchor: 'start' },
    { text: hoursAgo(18), percent: 25, anchor: 'middle' },
    { text: hoursAgo(12), percent: 50, anchor: 'middle' },
    { text: hoursAgo(6), percent: 75, anchor: 'middle' },
    { text: now, percent: 100, anchor: 'end' },
  ];
}

function hoursAgo(hours: number): string {
  return `\u2212${hours}\u00a0h`;
}
