import type { SqlEngine } from './sql-engine.js';

/** The longest list of parameters: longer lists are not faster. */
const MAX_CHUNK = 2000;

/** Cuts the values into pieces that fit into one query, with room for a few more parameters. */
export function chunksOf<T>(values: readonly T[], { limits }: SqlEngine): T[][] {
  const size = Math.min(limits.parametersPerQuery - 10, MAX_CHUNK);
  const chunks: T[][] = [];
  for (let start = 0; start < values.length; start += size) chunks.push(values.slice(start, start + size));
  return chunks;
}
