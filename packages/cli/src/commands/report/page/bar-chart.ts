import { type ChartLabel, chartFrame, PLOT, percentText, tenths } from '../../../page/chart-frame.js';
import { html, type Markup } from '../../../page/markup.js';
import { groupedCount, shareOf } from '../../../page/page-figures.js';

/** Calls of an hour, a day or a month. */
export interface Bar {
  /** The label under it. */
  readonly label: string;
  /** The name of the bar in the table, and where a pointer rests on it. */
  readonly name: string;
  readonly calls: number;
  readonly answered: number;
}

/** The part of its place that a bar fills. */
const FILLED = 0.76;

/**
 * Draws calls as bars, the answered ones as their lower part. The figures stand in the table behind the chart.
 *
 * @param description a sentence for those who do not see the chart
 * @param labelEvery 3: the first of three bars has its label
 */
export function barChart(bars: readonly Bar[], description: string, labelEvery: number): Markup {
  const { yOf, around } = chartFrame(Math.max(...bars.map(({ calls }) => calls)));
  const width = 100 / bars.length;
  const drawn = bars.map((bar, at) => drawnBar(bar, at * width, width, yOf));
  const labels = bars.flatMap(({ label }, at): readonly ChartLabel[] => {
    if (at % labelEvery !== 0) return [];
    return [{ text: label, percent: (at + (at === 0 ? 0 : 0.5)) * width, anchor: at === 0 ? 'start' : 'middle' }];
  });
  return around(drawn, labels, description);
}

function drawnBar({ name, calls, answered }: Bar, x: number, width: number, yOf: (value: number) => number): Markup {
  if (calls === 0) return html``;
  const rect = (kind: string, value: number) =>
    html`<rect class="${kind}" x="${percentText(x + (width * (1 - FILLED)) / 2)}" y="${tenths(yOf(value))}" width="${percentText(width * FILLED)}" height="${tenths(PLOT.bottom - yOf(value))}"/>`;
  return html`<g><title>${`${name}: ${groupedCount(calls)} calls, ${groupedCount(answered)} answered (${shareOf(answered, calls)})`}</title>${rect('whole', calls)}${rect('part', answered)}</g>`;
}
