import { html, type Markup } from './markup.js';

/** A column of a table. */
export interface PageColumn {
  readonly title: string;
  /** Numbers stand at the right; a bar is drawn as wide as its number, and left out on narrow screens. */
  readonly kind: 'name' | 'number' | 'bar';
}

/** A longer name is cut: a cell may hold any text. */
const MOST_CHARACTERS = 120;

/** Draws a table. The cells of a bar are shares of 1. The first column names the row. */
export function pageTable(
  caption: string,
  columns: readonly PageColumn[],
  rows: readonly (readonly (string | number | Markup)[])[],
): Markup {
  const head = columns.map(({ title, kind }) =>
    kind === 'bar' ? html`<td class="bar"></td>` : html`<th scope="col" class="${kind}">${title}</th>`,
  );
  const body = rows.map((row) => html`<tr>${columns.map(({ kind }, at) => cellOf(kind, row[at] ?? '', at))}</tr>\n`);
  return html`<table><caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table>`;
}

function cellOf(kind: PageColumn['kind'], cell: string | number | Markup, at: number): Markup {
  if (kind === 'bar') {
    const width = `${Math.round(Number(cell) * 1000) / 10}%`;
    return html`<td class="bar" aria-hidden="true"><svg width="100%" height="12"><rect class="part" width="${width}" height="12"/></svg></td>`;
  }
  const text = typeof cell === 'object' ? cell : shortened(String(cell));
  // Isolates the name, so that one that is written from right to left moves nothing else.
  if (at === 0) return html`<th scope="row"><bdi>${text}</bdi></th>`;
  return html`<td class="${kind}">${text}</td>`;
}

function shortened(text: string): string {
  const characters = Array.from(text.slice(0, 2 * MOST_CHARACTERS));
  return characters.length > MOST_CHARACTERS ? `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…` : text;
}
