import type { Redactor } from '@dbsync/core/cli-kit';

/**
 * The most characters of one text of a log line or of a line of `--json`. Longer texts quote the API, the database or a
 * receiver.
 */
const MAX_CHARACTERS = 2_000;

/**
 * The most characters of the message of the error that ends a command: it can hold statements for the operator to
 * paste.
 */
export const MAX_CHARACTERS_OF_FAILURE = 20_000;

/**
 * Returns the text, or its beginning with its length. Secrets are masked first: the redactor does not find one that is
 * cut in two.
 */
export function cappedText(text: string, redact: Redactor, most = MAX_CHARACTERS): string {
  if (text.length <= most) return text;
  const beginning = redact(text).slice(0, most).replace(HALF_CHARACTER, '');
  return `${beginning}... (cut: ${text.length} characters)`;
}

/** Matches the first half of a surrogate pair whose second one was cut off. */
const HALF_CHARACTER = /[\ud800-\udbff]$/;

/** Returns the same value with each text in it capped, at any depth. */
export function withCappedTexts<T>(value: T, redact: Redactor): T {
  return capped(value, redact) as T;
}

function capped(value: unknown, redact: Redactor): unknown {
  if (typeof value === 'string') return cappedText(value, redact);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => capped(item, redact));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, capped(member, redact)]));
}
