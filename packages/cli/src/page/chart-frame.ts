import { html, type Markup } from './markup.js';
import { groupedCount } from './page-figures.js';

/** The upper and the lower edge of the plot of a chart, in CSS pixels from the top of the chart. */
export const PLOT = { top: 8, bottom: 152 };

/** A label under a chart. */
export interface ChartLabel {
  readonly text: string;
  /** The distance from the left, in percent of the width. */
  readonly percent: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** The surroundings of the plot of a chart: the lines behind it, their numbers and the labels under it. */
export interface ChartFrame {
  /** Returns the place of a value, in CSS pixels from the top of the chart. */
  yOf(value: number): number;
  /** Draws the whole chart. @param description a sentence for those who do not see it */
  around(drawn: Markup | readonly Markup[], labels: readonly ChartLabel[], description: string): Markup;
}

/** Lengths in CSS pixels. Widths are shares of the chart, so that texts keep their size on narrow screens. */
const HEIGHT = 176;
const LABEL_Y = 170;
/** The number of lines behind the plot, about. */
const LINES = 4;

/**
 * Creates the frame of a chart.
 *
 * @param most the largest value
 * @param least the smallest distance of two lines
 */
export function chartFrame(most: number, least = 1): ChartFrame {
  const step = stepOf(most, least);
  const steps = Math.max(1, Math.ceil(most / step));
  const yOf = (value: number) => PLOT.bottom - (value / (steps * step)) * (PLOT.bottom - PLOT.top);
  const lines = Array.from({ length: steps + 1 }, (_, at) => at * step);
  const write = (value: number) => (step < 1 ? value.toFixed(1) : groupedCount(value));
  const axis = lines.map((value) => html`<text x="52" y="${tenths(yOf(value) + 4)}">${write(value)}</text>`);
  const grid = lines.map((value) => {
    const y = tenths(yOf(value));
    return html`<line x1="0" x2="100%" y1="${y}" y2="${y}"/>`;
  });
  return {
    yOf,
    around: (drawn, labels, description) => html`<div class="plot">
<svg class="axis" width="56" height="${HEIGHT}" aria-hidden="true">${axis}</svg>
<svg class="bars" width="100%" height="${HEIGHT}" role="img" aria-label="${description}">
<g class="grid">${grid}</g>${drawn}<g class="labels">${labels.map(drawnLabel)}</g></svg>
</div>`,
  };
}

function drawnLabel({ text, percent, anchor }: ChartLabel): Markup {
  return html`<text x="${percentText(percent)}" y="${LABEL_Y}" text-anchor="${anchor}">${text}</text>`;
}

/** Returns the distance of the lines behind the plot: 1, 2 or 5 with zeros. */
function stepOf(most: number, least: number): number {
  const raw = Math.max(least, most / LINES);
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5].find((factor) => factor * power >= raw) ?? 10) * power;
}

/** Rounds a length to tenths of a pixel. */
export function tenths(length: number): number {
  return Math.round(length * 10) / 10;
}

/** Writes a place or a width in a chart. */
export function percentText(percent: number): string {
  return `${Math.round(percent * 1000) / 1000}%`;
}
