import { hash } from 'node:crypto';

/**
 * Adds the mark that tells a comment of dbsync from a comment of a person: a digest of the text. A text of any release has it, and a
 * text that a person changed does not have its own any more.
 */
export function marked(text: string): string {
  return `${text} [dbsync ${digestOf(text)}]`;
}

/** True for a comment that dbsync wrote, in this release or another, and that is as dbsync wrote it. */
export function isOwnComment(comment: string): boolean {
  const [, text, digest] = /^(.*) \[dbsync ([0-9a-f]{8})\]$/s.exec(comment) ?? [];
  return text !== undefined && digestOf(text) === digest;
}

function digestOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 8);
}
