import { html, type Markup } from './markup.js';

/** A figure of a page: its name, the figure and a remark under it; an empty remark is left out. */
export type Tile = readonly [name: string, figure: string, note: string];

/** Draws the main figures of a page. */
export function pageTiles(tiles: readonly Tile[]): Markup {
  const drawn = tiles.map(([name, figure, note]) => {
    const remark = note === '' ? html`` : html`<dd class="note">${note}</dd>`;
    return html`<div><dt>${name}</dt><dd class="figure">${figure}</dd>${remark}</div>\n`;
  });
  return html`<dl class="tiles">
${drawn}</dl>`;
}
