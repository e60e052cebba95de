import type { SourceFile } from './source-files.ts';
import { onlyParts, sourceParts } from './source-parts.ts';

/** The words that the glossary forbids. */
export interface ForbiddenWords {
  /** Words of comments, messages and documents. */
  readonly words: readonly string[];
  /** First words of comments. */
  readonly openings: readonly string[];
  /** Names in code; `*` stands for any part of a name. */
  readonly names: readonly string[];
}

const CODE = /\.(?:ts|js|mjs)$/;
/** Sources whose texts a user may read. */
const WITH_MESSAGES = /^packages\/[^/]+\/(?:src|bin)\//;
/** Matches the title of a test or of a group of tests. */
const TITLE =
  /(?:\b(?:it|test|describe|[a-z]+Case)|\b(?:it|test|describe)\.[a-z]+(?:\([^\n]*\))?|\]\))\(\s*(['`])(?:\\.|(?!\1).)*\1/g;
/** The test that quotes forbidden words in its titles. */
const QUOTES_WORDS = /^test\/repo\/plain-words\.test\.ts$/;
/** Pages that quote words on purpose, or that are a record of their time. */
const RECORDS = /^(?:CHANGELOG\.md|docs\/glossary\.md|docs\/adr\/)/;

/** Names of what the glossary calls a place. A file with one of them may have variables called `place`. */
const PLACE_NAMES = /\b(?:StartPlace|TestPlace|createPlace)\b/;
/** Files in which `place` is a stored column or a part of a public type. This list may only shrink. */
const FORMER_PLACES =
  /^packages\/(?:core\/src\/(?:outbox\/|runs\/deleted-contacts|plugins\/load-sink)|cli\/src\/commands\/(?:delivery-text|list-deliveries|renewed-store)|sink-postgres\/test\/going-back)/;

/** Reads the tables of the glossary whose first column begins with `not`. */
export function forbiddenWords(glossary: string): ForbiddenWords {
  const under = (heading: string, head: string): readonly string[] => {
    const section = glossary.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
    const table = section.split(`\n| ${head} | instead |\n`)[1]?.split('\n\n')[0] ?? '';
    return Array.from(table.matchAll(/^\| `?([^|`]+?)`? \|/gm), ([, word = '']) => word).filter(
      (word) => word !== '---',
    );
  };
  return {
    words: under('Words that are not used', 'not used'),
    openings: under('Words that are not used', 'not at the beginning'),
    names: under('Names that are not used', 'not used'),
  };
}

/** Lists each use of a forbidden word, with its file and line. */
export function forbiddenUses(
  files: readonly SourceFile[],
  { words, openings, names }: ForbiddenWords,
): readonly string[] {
  const word = new RegExp(`\\b(?:${words.join('|').replaceAll(' ', '\\s+(?:\\*\\s+|//\\s+)?')})\\b`, 'gi');
  const opening = new RegExp(`^(?:/\\*\\*?|//)[\\s*]*((?:${openings.join('|')})\\b)`);
  const sqlOpening = new RegExp(`^\\s*-- (?:${openings.join('|')})\\b`, 'gm');
  const beginning = new RegExp(`(?:/\\*\\*?|//|--)[\\s*]*(?:${openings.join('|')})\\b`);
  const name = new RegExp(`\\b(?:${names.join('|').replaceAll('*', '\\w*')})\\b`, 'g');
  return files.flatMap((file) => {
    if (file.path.endsWith('.md')) return RECORDS.test(file.path) ? [] : found(file, file.text, word);
    // Few files have such words anywhere, and cutting a file into its parts takes long.
    const isSuspect = [word, beginning, name].some((pattern) => file.text.search(pattern) >= 0);
    if (!CODE.test(file.path) || !isSuspect) return [];
    return [
      ...found(file, onlyParts(file.text, 'comment'), word),
      ...(hasMessages(file) ? found(file, sentences(file.text), word) : []),
      ...(file.path.endsWith('.test.ts') ? found(file, titles(file), word) : []),
      ...found(file, onlyParts(file.text, 'string'), sqlOpening),
      ...found(file, onlyParts(file.text, 'code'), name),
      ...beginnings(file.text).flatMap(({ comment, line }) => {
        const [, first] = opening.exec(comment) ?? [];
        return first === undefined ? [] : [`${file.path}:${line}: a comment begins with ${first}`];
      }),
    ];
  });
}

/** Lists each use of the name `place` for another thing than the glossary says. */
export function otherPlaces(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => {
    if (!CODE.test(file.path) || FORMER_PLACES.test(file.path) || !/\bplace\b/.test(file.text)) return [];
    const code = onlyParts(file.text, 'code');
    return PLACE_NAMES.test(code) ? [] : found(file, code, /\bplace\b/g);
  });
}

function hasMessages({ path }: SourceFile): boolean {
  return WITH_MESSAGES.test(path) && !path.endsWith('.test.ts');
}

function found({ path }: SourceFile, text: string, pattern: RegExp): readonly string[] {
  return Array.from(text.matchAll(pattern), ({ index, 0: word }) => {
    const line = text.slice(0, index).split('\n').length;
    return `${path}:${line}: ${word.replaceAll(/\s+/g, ' ')}`;
  });
}

/** Returns the text with everything blanked but the titles of tests. */
function titles({ path, text }: SourceFile): string {
  if (QUOTES_WORDS.test(path)) return '';
  let end = 0;
  const parts = Array.from(text.matchAll(TITLE), ({ index, 0: title }) => {
    const before = text.slice(end, index).replace(/[^\n]/g, ' ');
    end = index + title.length;
    return before + title;
  });
  return parts.join('');
}

/** Returns the text with everything blanked but strings of several words: one word alone is a value. */
function sentences(text: string): string {
  return sourceParts(text)
    .map((part) => (part.kind === 'string' && part.text.includes(' ') ? part.text : part.text.replace(/[^\n]/g, ' ')))
    .join('');
}

/** Returns the comments. Of line comments that follow each other, only the first is a beginning. */
function beginnings(text: string): readonly { readonly comment: string; readonly line: number }[] {
  const comments: { readonly comment: string; readonly line: number }[] = [];
  let line = 1;
  let isContinued = false;
  for (const { kind, text: part } of sourceParts(text)) {
    if (kind === 'comment' && !(isContinued && part.startsWith('//'))) comments.push({ comment: part, line });
    if (kind === 'comment') isContinued = part.startsWith('//');
    else if (part.trim() !== '' || part.split('\n').length > 2) isContinued = false;
    line += part.split('\n').length - 1;
  }
  return comments;
}
