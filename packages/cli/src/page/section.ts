import { html, type Markup } from './markup.js';

/** Draws a part of the page under its title. */
export function section(title: string, contents: Markup): Markup {
  return html`<section>
<h2>${title}</h2>
${contents}
</section>`;
}
