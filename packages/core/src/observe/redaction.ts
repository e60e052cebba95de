/** Masks every secret in a text. */
export type Redactor = (text: string) => string;

const MASK = '***';
/** Shorter secrets are parts of many words. */
const MIN_LENGTH = 4;
/**
 * Matches a word, with or without a number after it, or a number. Other texts, such as paths and statements, contain
 * these too.
 */
const WORD = /^(?:[\p{L}_]{1,20}\d{0,4}|[\d.:-]{1,10})$/u;

/** The names after which a value is a secret: the name of a member, a parameter or a header, or a kind of login. */
const SECRET_NAME = String.raw`(?<![a-z])(?:\w*(?:pass|password|passwd|passphrase|pwd|secret|token|api_?key|authorization))`;
const BEFORE_VALUE = String.raw`(?<=(?i:${SECRET_NAME}\\*["']?\s*[:=]\s*\\*["']?|\b(?:bearer|basic)\s+))`;

/**
 * Creates the last guard for every text that leaves the process: it masks the secrets in texts that dbsync did not
 * write, such as the message of a driver's error. It finds secrets in plain form, percent-encoded in whole or in part,
 * and inside JSON. A secret that is short or a plain word, such as `dbsync`, is masked only if it is a value: the
 * password of a URL, the text after a name such as `password=` or `Bearer`, or the whole text. In other places it
 * reveals nothing.
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
  if (secret.length >= MIN_LENGTH && !WORD.test(secret)) return pattern;
  return `(?<=:)${pattern}(?=@)|${BEFORE_VALUE}${pattern}(?![\\p{L}\\p{N}_])|^${pattern}$`;
}

/**
 * Returns a pattern for one character: as it is, escaped in JSON to any depth, or as UTF-8 percent-encoded any number
 * of times.
 */
function character(part: string): string {
  const forms = [escapeForRegExp(part), percentPattern(part), ...jsonPatterns(part)];
  if (part === ' ') forms.push('\\+');
  return `(?:${forms.join('|')})`;
}

/**
 * Returns one pattern for a run of backslashes. With one pattern for each, all of any length, a text could match in
 * countless ways.
 */
function backslashes(run: string): string {
  return `(?:\\\\{${run.length},}|(?:${percentPattern('\\')}){${run.length}})`;
}

function percentPattern(character: string): string {
  return Array.from(Buffer.from(character), (byte) => `%(?:25)*${hexPattern(byte, 2)}`).join('');
}

/** The characters for which JSON has a letter after the backslash. */
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

/** Returns a pattern for hexadecimal digits in either case. */
function hexPattern(value: number, length: number): string {
  const digits = value.toString(16).padStart(length, '0');
  return digits.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function escapeForRegExp(character: string): string {
  return /^[\^$\\.*+?()[\]{}|/]$/.test(character) ? `\\${character}` : character;
}
