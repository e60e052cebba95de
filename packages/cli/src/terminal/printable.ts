/**
 * Matches characters that a reader does not see or that a terminal obeys, and that upstream data can hold: control
 * characters (C0, DEL, C1), line separators, and those that turn the direction of text or take no room. An emoji is
 * made of several characters, some of which take no room elsewhere: it is the first alternative, and stays whole.
 */
const UNPRINTABLE = /(?<emoji>\p{RGI_Emoji})|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gv;

/** Returns the text with every such character written out; line breaks stay. */
export function printable(text: string): string {
  return text
    .split('\n')
    .map((line) => replaced(line, escaped))
    .join('\n');
}

/** Does the same on one line, for logs and tables. */
export function printableLine(text: string): string {
  return replaced(text, escaped);
}

/** Returns JSON with every such character as an escape of JSON: a parser reads the same value. */
export function printableJson(json: string): string {
  return replaced(json, codeUnits);
}

/** Matches a text that needs no change, as most do. The search for emoji takes 5 ms of CPU before its first character. */
const PLAIN = /^[ -~]*$/;

function replaced(text: string, write: (character: string) => string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(UNPRINTABLE, (found, emoji: string | undefined) => emoji ?? write(found));
}

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return codeUnits(character);
}

function codeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join('');
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
