/** A piece of TypeScript. A template's fixed text is `string`, the text in its `${}` is `code`. */
export interface SourcePart {
  readonly kind: 'code' | 'comment' | 'string' | 'regex';
  readonly text: string;
}

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const STRING = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y;
const TEMPLATE = /[`}](?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const CODE = /[\w$]+|\s+|[^\w$\s]/y;
/** After these a slash divides: a name, a number, a closing bracket, a string. */
const VALUE_END = /[\w$)\]}'"`]$/;
const KEYWORD = /^(?:return|typeof|case|in|of|yield|await|void|delete|throw|else|do)$/;

/**
 * Cuts TypeScript into its parts; joined they are the text again. TypeScript 7 has no API for this, and the checks need
 * no more than to tell code from comments, strings and regular expressions.
 */
export function sourceParts(text: string): readonly SourcePart[] {
  const parts: SourcePart[] = [];
  /** The number of open braces in the `${}` of each template around the present place. */
  const openBraces: number[] = [];
  let last = '';
  for (let at = 0; at < text.length; ) {
    const part = partAt(text, at, { last, inTemplate: openBraces.at(-1) === 0 });
    if (part.kind === 'string') followTemplate(part.text, openBraces);
    if (part.kind === 'code') followBraces(part.text, openBraces);
    if (part.kind !== 'comment' && part.text.trim() !== '') last = part.text;
    parts.push(part);
    at += part.text.length;
  }
  return parts;
}

/** Returns the text with all parts of other kinds blanked; lines and columns stay. */
export function onlyParts(text: string, ...kinds: readonly SourcePart['kind'][]): string {
  return sourceParts(text)
    .map((part) => (kinds.includes(part.kind) ? part.text : part.text.replace(/[^\n]/g, ' ')))
    .join('');
}

function partAt(
  text: string,
  at: number,
  context: { readonly last: string; readonly inTemplate: boolean },
): SourcePart {
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const comment = match(COMMENT);
  if (comment !== undefined) return { kind: 'comment', text: comment };
  const template = text[at] === '`' || (text[at] === '}' && context.inTemplate) ? match(TEMPLATE) : undefined;
  const string = template ?? match(STRING);
  if (string !== undefined) return { kind: 'string', text: string };
  const divides = VALUE_END.test(context.last) && !KEYWORD.test(context.last);
  const regex = divides ? undefined : match(REGEX);
  if (regex !== undefined) return { kind: 'regex', text: regex };
  return { kind: 'code', text: match(CODE) ?? text.slice(at, at + 1) };
}

function followTemplate(string: string, openBraces: number[]): void {
  if (string.startsWith('}')) openBraces.pop();
  if (string.endsWith('${') && /^[`}]/.test(string)) openBraces.push(0);
}

function followBraces(code: string, openBraces: number[]): void {
  const open = openBraces.pop();
  if (open === undefined) return;
  openBraces.push(code === '{' ? open + 1 : code === '}' ? open - 1 : open);
}
