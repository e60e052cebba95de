import { printableLine } from '../terminal/printable.js';

/** A piece of a page that is markup already. */
export interface Markup {
  readonly markup: string;
}

/** A part of a template: text is escaped, markup stays as it is. */
type Part = string | number | Markup | readonly Markup[];

/** Makes markup from a template. Texts within it may be hostile: they stay texts, and hidden characters are written out. */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: template.map((fixed, at) => fixed + markupOf(parts[at] ?? '')).join('') };
}

function markupOf(part: Part): string {
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return printableLine(text.toWellFormed()).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found);
}
