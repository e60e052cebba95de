import { createHash } from 'node:crypto';
import type { CommentStyle } from './service-plan.js';

/**
 * Adds a comment by which dbsync knows a file as its own: a hash of all other lines. It is the second line, since the first one of XML
 * is given.
 */
export function withMark(text: string, style: CommentStyle): string {
  const [first = '', ...rest] = text.split('\n');
  return [first, commentOf(style, `${MARK}${hashOf(text)}`), ...rest].join('\n');
}

/** True where dbsync wrote the text, and it was not changed since. */
export function hasOwnMark(text: string, style: CommentStyle): boolean {
  const [first = '', second, ...rest] = text.split('\n');
  return second === commentOf(style, `${MARK}${hashOf([first, ...rest].join('\n'))}`);
}

const MARK = 'Written by dbsync service install; it replaces the file as long as this is the hash of the rest: ';

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function commentOf(style: CommentStyle, text: string): string {
  return style === 'hash' ? `# ${text}` : `<!-- ${text} -->`;
}
