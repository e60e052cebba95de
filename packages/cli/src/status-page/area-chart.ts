import { type ChartLabel, chartFrame, PLOT, tenths } from '../page/chart-frame.js';
import { html, type Markup } from '../page/markup.js';

/**
 * Draws values of equal stretches of time as steps, with a gap where none is known. The figures stand in the table behind the charts.
 *
 * @param least the smallest distance of two lines behind the steps
 * @param description a sentence for those who do not see the chart
 */
export function areaChart(
  values: readonly (number | null)[],
  least: number,
  labels: readonly ChartLabel[],
  description: string,
): Markup {
  const { yOf, around } = chartFrame(Math.max(0, ...values.map((value) => value ?? 0)), least);
  const height = PLOT.bottom - PLOT.top;
  const path = values.map((value, at) => {
    if (value === null || value === 0) return '';
    return `M${at} ${height}V${tenths(yOf(value) - PLOT.top)}h1V${height}z`;
  });
  // Stretched to the width of the page. A path has no texts and no lines that this would distort.
  const drawn = html`<svg y="${PLOT.top}" width="100%" height="${height}" viewBox="0 0 ${values.length} ${height}" preserveAspectRatio="none"><path class="part" shape-rendering="crispEdges" d="${path.join('')}"/></svg>`;
  return around(drawn, labels, description);
}
