import { createHash } from 'node:crypto';

/** A server closes connections whose control line is longer than 4 kB. */
const LONGEST_TOKEN = 200;
/** Matches whole characters to escape, and halves of them. */
const ESCAPED = /[^A-Za-z0-9_-]/gu;

/**
 * Returns the subject of a contact's messages, so that all of them follow each other in the stream. The id is its last
 * token, in which all but letters, digits, `_` and `-` is percent-escaped; a very long one is replaced by its SHA-256.
 */
export function subjectOf(prefix: string, contactId: string): string {
  const token = contactId.replace(ESCAPED, escaped);
  if (token.length > LONGEST_TOKEN) return `${prefix}.%sha256-${createHash('sha256').update(token).digest('hex')}`;
  return `${prefix}.${token === '' ? '%' : token}`;
}

function escaped(character: string): string {
  if (!character.isWellFormed()) return `%u${character.charCodeAt(0).toString(16)}`;
  return Buffer.from(character).toString('hex').replace(/../g, '%$&');
}
