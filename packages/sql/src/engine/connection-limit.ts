import type { Finding } from '@dbsync/core/contract';

/** A limit of the server: the number of connections, and its name there. */
export interface ConnectionLimit {
  readonly most: number;
  readonly name: string;
}

/**
 * Compares the connections that the campaigns of a file may open with the lowest of these limits.
 *
 * @param needed undefined: the sink has its server alone, and nothing is compared
 */
export function limitFinding(needed: number | undefined, limits: readonly ConnectionLimit[]): readonly Finding[] {
  const [lowest] = limits.toSorted((a, b) => a.most - b.most);
  if (needed === undefined || lowest === undefined) return [];
  const what = `The campaigns of the file may open ${needed} connections, and ${lowest.name} allows ${lowest.most}`;
  if (needed <= lowest.most) return [{ level: 'pass', what, remedy: null }];
  return [{ level: 'warn', what, remedy: `See ${TOO_FEW}` }];
}

const TOO_FEW = 'SQL_CONNECTIONS_FEW';
