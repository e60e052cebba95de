import { describe, expect, it } from 'vitest';
import { languagesLine, linkedPaths, type PagePair, shapeDifferences } from './page-shape.ts';
import { repositoryFiles } from './source-files.ts';

const LANGUAGES = ['de', 'es'];
const PAGES = ['README', 'databases', 'migrating', 'operations', 'running-as-a-service', 'webhooks'];

const files = repositoryFiles();

describe.each(LANGUAGES)('the pages in %s', (language) => {
  const pairs = PAGES.map((page) => pairOf(page, language));

  it.each(pairs.map((pair) => [pair.original.path, pair] as const))('have the parts of %s', (_, pair) => {
    expect(pair.original.text).not.toBe('');
    expect(pair.translation.text).not.toBe('');
    expect(shapeDifferences(pair, pairs)).toEqual([]);
  });

  it.each(pairs)('link to the English page and back: $original.path', ({ original, translation }) => {
    expect(linkedPaths(translation.path, languagesLine(translation))).toContain(original.path);
    expect(linkedPaths(original.path, languagesLine(original))).toContain(translation.path);
  });
});

describe('a translation', () => {
  const english = `# One

[Español](es/a.md)

Text with \`--code\` and a [link](#two) over
two lines.

## Two

- an item, [here](b.md)

| a | b |
| --- | --- |
| 1 | \`2\` |

\`\`\`
dbsync
\`\`\`

\`\`\`
dbsync help
\`\`\`
`;
  const spanish = `# Uno

[English](../a.md)

Texto en una línea con un [enlace](#dós) y \`--code\`.

## Dós

- un elemento, [aquí](../b.md)

| a | b |
| --- | --- |
| 1 | \`2\` |

\`\`\`
dbsync
\`\`\`

\`\`\`
dbsync help
\`\`\`
`;

  it('has the same parts, other words, and lines that end elsewhere', () => {
    expect(differencesOf(english, spanish)).toEqual([]);
  });

  it.each([
    ['lacks an item', '- un elemento, [aquí](../b.md)', '[aquí](../b.md)'],
    ['has a heading of another level', '## Dós', '### Dós'],
    ['lacks a paragraph', '\n\n## Dós', '\n## Dós\n\n## Dós'],
    ['lacks a row', '| 1 | `2` |\n', '`2`\n'],
    ['lacks a cell', '| 1 | `2` |', '| `2` |'],
    ['has a part more at its end', 'help\n```\n', 'help\n```\n\nFin.\n'],
    ['lacks an option', '`--code`', 'code'],
    ['has an option twice', '`--code`', '`--code` `--code`'],
    ['changes a command', 'dbsync\n', 'dbsync --help\n'],
    [
      'has commands in another order',
      '```\ndbsync\n```\n\n```\ndbsync help\n```',
      '```\ndbsync help\n```\n\n```\ndbsync\n```',
    ],
    ['leads to another page', '../b.md', '../c.md'],
    ['leads to another heading', '#dós', '#uno'],
    ['leads to the English page', '#dós', '../a.md#two'],
  ])('is refused where it %s', (_, part, instead) => {
    expect(differencesOf(english, spanish.replace(part, instead))).not.toEqual([]);
  });
});

/** Returns a page and its translation; the text of one that does not exist is empty. */
function pairOf(page: string, language: string): PagePair {
  const file = (path: string) => files.find((known) => known.path === path) ?? { path, text: '' };
  return {
    original: file(page === 'README' ? 'README.md' : `docs/${page}.md`),
    translation: file(`docs/${language}/${page}.md`),
  };
}

function differencesOf(english: string, spanish: string): readonly string[] {
  const pair = { original: { path: 'docs/a.md', text: english }, translation: { path: 'docs/es/a.md', text: spanish } };
  return shapeDifferences(pair, [pair]);
}
