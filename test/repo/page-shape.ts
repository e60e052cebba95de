import { posix } from 'node:path';
import { fencedBlocks, headingAnchors, linkTargets, withoutFences } from './markdown-page.ts';
import type { SourceFile } from './source-files.ts';

/** A page and its translation. */
export interface PagePair {
  readonly original: SourceFile;
  readonly translation: SourceFile;
}

interface Block {
  readonly kind: string;
  /** Counts from 1, without the inner lines of fenced blocks. */
  readonly line: number;
}

const LANGUAGES_LINE = 2;

/** Returns the line that links a page to its other languages, the first below its title. */
export function languagesLine({ text }: SourceFile): string {
  return text.split('\n')[LANGUAGES_LINE] ?? '';
}

/** Returns the paths in the repository to which a text of that page links; addresses of other sites stay as they are. */
export function linkedPaths(path: string, text: string): readonly string[] {
  return linkTargets(text).map((target) => {
    if (/^[a-z]+:/.test(target)) return target;
    const [file = '', anchor] = target.split('#');
    const linked = file === '' ? path : posix.join(posix.dirname(path), file);
    return anchor === undefined ? linked : `${linked}#${anchor}`;
  });
}

/**
 * Lists the differences between a page and its translation: blocks in their order (headings by level, paragraphs, items, rows by
 * their cells), fenced code, code within the text, and links. A link of the translation has to lead to a translation where there is one.
 */
export function shapeDifferences(pair: PagePair, pairs: readonly PagePair[]): readonly string[] {
  const { original, translation } = pair;
  return [
    ...blockDifferences(original, translation),
    ...multisetDifferences(translation.path, 'fenced code', numberedFences(original), numberedFences(translation)),
    ...multisetDifferences(translation.path, 'code', codeSpans(original.text), codeSpans(translation.text)),
    ...multisetDifferences(translation.path, 'link', translatedLinks(original, pairs), links(translation, pairs)),
  ];
}

function blockDifferences(original: SourceFile, translation: SourceFile): readonly string[] {
  const wanted = blocksOf(original.text);
  const found = blocksOf(translation.text);
  const position = wanted.findIndex(({ kind }, index) => kind !== found[index]?.kind);
  const at = position < 0 && found.length > wanted.length ? wanted.length : position;
  if (at < 0) return [];
  const shown = ({ path }: SourceFile, block: Block | undefined) =>
    block === undefined ? `${path}: the end` : `${path}, line ${block.line} without code: ${block.kind}`;
  return [`${shown(translation, found[at])}; ${shown(original, wanted[at])}`];
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let isParagraph = false;
  for (const [index, line] of withoutFences(text, '```').split('\n').entries()) {
    const kind = index === LANGUAGES_LINE || line.trim() === '' ? undefined : kindOf(line);
    const continues = kind === 'text' && isParagraph;
    if (kind !== undefined && !continues) blocks.push({ kind, line: index + 1 });
    isParagraph = kind === 'text' || kind?.startsWith('item') === true;
  }
  return blocks;
}

function kindOf(line: string): string {
  const [, indent = '', mark = ''] = /^( *)(#+ |- |\d+\. |\||```)/.exec(line) ?? [];
  if (mark === '') return 'text';
  if (mark === '|') return `row of ${line.replace(/`[^`]*`/g, '').split('|').length - 2} cells`;
  if (mark === '```') return 'code';
  return mark.startsWith('#') ? `heading ${mark.trim()}` : `item ${indent}${mark.trim()}`;
}

function numberedFences({ text }: SourceFile): readonly string[] {
  return fencedBlocks(text).map((block, index) => `${index + 1}: ${block}`);
}

function codeSpans(text: string): readonly string[] {
  return Array.from(withoutFences(text).matchAll(/(`+)([\s\S]+?)\1/g), ([, , code = '']) => code.replace(/\s+/g, ' '));
}

/** Returns the links that the translation of a page should have, by the position of the heading that they lead to. */
function translatedLinks(original: SourceFile, pairs: readonly PagePair[]): readonly string[] {
  return links(original, pairs).map((link) => {
    const [path = '', heading] = link.split('#');
    const translated = pairs.find((pair) => pair.original.path === path)?.translation.path ?? path;
    return heading === undefined ? translated : `${translated}#${heading}`;
  });
}

function links({ path, text }: SourceFile, pairs: readonly PagePair[]): readonly string[] {
  const pages = pairs.flatMap(({ original, translation }) => [original, translation]);
  const lines = text.split('\n').toSpliced(LANGUAGES_LINE, 1);
  return linkedPaths(path, lines.join('\n')).map((link) => {
    const [linked = '', anchor] = link.split('#');
    const page = pages.find((known) => known.path === linked);
    if (page === undefined || anchor === undefined) return link;
    return `${linked}#heading ${headingAnchors(page.text).indexOf(anchor) + 1}`;
  });
}

function multisetDifferences(
  path: string,
  name: string,
  wanted: readonly string[],
  found: readonly string[],
): readonly string[] {
  const less = (from: readonly string[], parts: readonly string[]) => {
    const rest = [...from];
    for (const part of parts) {
      const index = rest.indexOf(part);
      if (index >= 0) rest.splice(index, 1);
    }
    return rest;
  };
  return [
    ...less(wanted, found).map((part) => `${path} lacks the ${name} ${part}`),
    ...less(found, wanted).map((part) => `${path} has the ${name} ${part}, which the English page has not`),
  ];
}
