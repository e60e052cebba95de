import { hash } from 'node:crypto';
import { createRecentMap } from './recent-map.js';

/**
 * The event lines whose contacts are committed (R5). A line is known only when a body requested after the line was read
 * has been committed, so lines are remembered after the commit, never before. To forget is harmless: the contact is
 * fetched once more. Never compared with anything but whole lines.
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

/** A line may be long, so its hash is remembered then. */
function keyOf(line: string): string {
  return line.length <= SHORT ? line : hash('sha256', line);
}
