import { html, type Markup } from './markup.js';
import { groupedCount, shareOf } from './page-figures.js';

/** Calls of an hour, a day or a month. */
export interface Bar {
  /** The label under it. */
  readonly label: string;
  /** The name of the bar in the table, and where a pointer rests on it. */
  readonly name: string;
  readonly calls: number;
  readonly answered: number;
}

/** Lengths in CSS pixels. Widths are shares of the chart, so that texts keep their size on narrow screens. */
const HEIGHT = 176;
const PLOT = { top: 8, bottom: 152 };
const LABEL_Y = 170;
/** The part of its place that a bar fills. */
const FILLED = 0.76;
/** About so many lines stand behind the bars. */
const LINES = 4;

/**
 * Draws calls as bars, the answered ones as their lower part. The figures stand in the table behind the chart.
 *
 * @param description a sentence for those who do not see the chart
 * @param labelEvery the first of so many bars has its label
 */
export function barChart(bars: readonly Bar[], description: string, labelEvery: number): Markup {
  const most = Math.max(...bars.map(({ calls }) => calls));
  const step = stepOf(most);
  const top = step * Math.max(1, Math.ceil(most / step));
  const lines = Array.from({ length: top / step + 1 }, (_, at) => at * step);
  const yOf = (value: number) => PLOT.bottom - (value / top) * (PLOT.bottom - PLOT.top);
  const axis = lines.map((value) => html`<text x="52" y="${px(yOf(value) + 4)}">${groupedCount(value)}</text>`);
  const grid = lines.map((value) => html`<line x1="0" x2="100%" y1="${px(yOf(value))}" y2="${px(yOf(value))}"/>`);
  const place = 100 / bars.length;
  const drawn = bars.map((bar, at) => drawnBar(bar, at * place, place, yOf));
  const labels = bars.flatMap(({ label }, at) =>
    at % labelEvery === 0
      ? [
          html`<text x="${percent((at + (at === 0 ? 0 : 0.5)) * place)}" y="${LABEL_Y}"${at === 0 ? html`` : MIDDLE}>${label}</text>`,
        ]
      : [],
  );
  return html`<div class="plot">
<svg class="axis" width="56" height="${HEIGHT}" aria-hidden="true">${axis}</svg>
<svg class="bars" width="100%" height="${HEIGHT}" role="img" aria-label="${description}">
<g class="grid">${grid}</g>${drawn}<g class="labels">${labels}</g></svg>
</div>`;
}

const MIDDLE = html` text-anchor="middle"`;

function drawnBar({ name, calls, answered }: Bar, x: number, place: number, yOf: (value: number) => number): Markup {
  if (calls === 0) return html``;
  const rect = (kind: string, value: number) =>
    html`<rect class="${kind}" x="${percent(x + (place * (1 - FILLED)) / 2)}" y="${px(yOf(value))}" width="${percent(place * FILLED)}" height="${px(PLOT.bottom - yOf(value))}"/>`;
  return html`<g><title>${`${name}: ${groupedCount(calls)} calls, ${groupedCount(answered)} answered (${shareOf(answered, calls)})`}</title>${rect('whole', calls)}${rect('part', answered)}</g>`;
}

/** Returns the distance of the lines behind the bars: 1, 2 or 5 with zeros. */
function stepOf(most: number): number {
  const raw = Math.max(1, most / LINES);
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5].find((factor) => factor * power >= raw) ?? 10) * power;
}

function px(length: number): number {
  return Math.round(length * 10) / 10;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 1000}%`;
}
