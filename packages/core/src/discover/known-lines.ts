import { hash } from 'node:crypto';
import { createRecentMap } from './recent-map.js';

/**
 * The event lines whose contacts are committed (R5). A line is known only when a body that was requested after the line
 * was read has been committed, so lines are remembered after the commit, never before. To forget a line does no harm:
 * the contact is fetched once more. Lines are compared only as a whole.
 */
export interface KnownLines {
  has(line: string): boolean;
  remember(lines: Iterable<string>): void;
}

export function createKnownLines(capacity = 50_000): KnownLines {
  const known = createRecentMap<true>(capacity);
  return {
    has: (line) => known.get(keyOf(line)) === true,
    remember(lines) {
      for (const line of lines) known.set(keyOf(line), true);
    },
  };
}

const SHORT = 200;

/** Returns the key of a line: a long line is remembered by its hash. */
function keyOf(line: string): string {
  return line.length <= SHORT ? line : hash('sha256', line);
}
