import { html, type Markup } from './markup.js';

/** The parts in which pages differ. */
export interface PageFrame {
  /** The language of its texts, such as `en`. */
  readonly language: string;
  readonly title: string;
  /** Further elements of the head. They stand near the beginning of the page. */
  readonly head: Markup;
  readonly style: string;
  readonly body: Markup;
}

/** Puts a body into a whole page of HTML that needs nothing from outside. */
export function pageFrame({ language, title, head, style, body }: PageFrame): string {
  const { markup } = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
${head}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
${body}
</body>
</html>
`;
  return markup;
}
