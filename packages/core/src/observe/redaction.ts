/** Answers the text with every secret masked. */
export type Redactor = (text: string) => string;

const MASK = '***';
/** Shorter secrets would mask half of every text; they are masked only where a URL has its password. */
const MIN_LENGTH = 4;

/**
 * A last guard for everything that leaves the process: masks the secrets in texts that others wrote, such as the
 * message of a driver's error. Finds them as they are, percent-encoded in whole or in part, and inside JSON.
 */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const patterns = [...new Set(secrets)]
    .filter((secret) => secret !== '')
    .sort((a, b) => b.length - a.length)
    .map(patternOf);
  if (patterns.length === 0) return (text) => text;
  const anySecret = new RegExp(patterns.join('|'), 'gu');
  return (text) => text.replace(anySecret, MASK);
}

function patternOf(secret: string): string {
  const pattern = secret.replace(/\\+|./gsu, (part) => (part.startsWith('\\') ? backslashes(part) : character(part)));
  return secret.length < MIN_LENGTH ? `(?<=:)${pattern}(?=@)` : pattern;
}

/** As such, escaped in JSON however deep, or as percent-encoded UTF-8 however often. */
function character(part: string): string {
  const forms = [escapeForRegExp(part), percentPattern(part), ...jsonPatterns(part)];
  if (part === ' ') forms.push('\\+');
  return `(?:${forms.join('|')})`;
}

/** A run of them as one pattern: one by one, each of any length, they could be told apart in countless ways. */
function backslashes(run: string): string {
  return `(?:\\\\{${run.length},}|(?:${percentPattern('\\')}){${run.length}})`;
}

function percentPattern(character: string): string {
  return Array.from(Buffer.from(character), (byte) => `%(?:25)*${hexPattern(byte, 2)}`).join('');
}

/** What JSON has a letter for, behind its backslash. */
const JSON_LETTERS: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['/', '\\/'],
  ['\b', 'b'],
  ['\f', 'f'],
  ['\n', 'n'],
  ['\r', 'r'],
  ['\t', 't'],
]);

function jsonPatterns(part: string): readonly string[] {
  const units = Array.from({ length: part.length }, (_, at) => `\\\\+u${hexPattern(part.charCodeAt(at), 4)}`).join('');
  const letter = JSON_LETTERS.get(part);
  return letter === undefined ? [units] : [units, `\\\\+${letter}`];
}

/** Hexadecimal digits in either case. */
function hexPattern(value: number, length: number): string {
  const digits = value.toString(16).padStart(length, '0');
  return digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function escapeForRegExp(character: string): string {
  return /^[\^$\\.*+?()[\]{}|/]$/.test(character) ? `\\${character}` : character;
}
