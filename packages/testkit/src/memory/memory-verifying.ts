import { hash } from 'node:crypto';
import type { Difference, Verifying } from '@dbsync/core/contract';
import { isWhole } from './memory-commit.js';
import { type MemoryContact, type MemoryTarget, streamOf } from './memory-target.js';

/**
 * Creates the comparison in memory. A record without its parent cannot be told from others here, so there are no
 * orphans.
 */
export function createMemoryVerifying(target: MemoryTarget): Verifying {
  return {
    compare: async (_stream, contacts, { plans }) => {
      const holding = new Set(plans);
      return contacts.flatMap(({ id: contactId, md5 }): Difference[] => {
        if (target.forgotten.has(contactId)) return [];
        const stored = target.contacts.get(contactId);
        const kind = kindOf(target, stored, md5, holding);
        return kind === null ? [] : [{ contactId, kind, version: stored === undefined ? null : versionOf(stored) }];
      });
    },
    listStored: async (stream, { after = '', limit }) =>
      [...target.contacts]
        .filter(([id, contact]) => contact.stream === stream && id > after)
        .map(([id]) => id)
        .sort((a, b) => (a < b ? -1 : 1))
        .slice(0, limit),
    countStored: async (stream) => [...target.contacts.values()].filter((contact) => contact.stream === stream).length,
    listOrphans: async () => [],
    listRequests: async (stream) => [...streamOf(target, stream).requests.keys()],
  };
}

function kindOf(
  target: MemoryTarget,
  stored: MemoryContact | undefined,
  md5: string | null,
  plans: ReadonlySet<string>,
): Difference['kind'] | null {
  if (stored === undefined) return 'missing';
  if (stored.tree.md5 === null) return 'unproved';
  if (md5 !== null && md5 !== stored.tree.md5) return 'stale';
  if (plans.size > 0 && !plans.has(stored.plan)) return 'unproved';
  return isWhole(target, stored.records) ? null : 'broken';
}

function versionOf({ plan, tree, records }: MemoryContact): string {
  return hash('sha256', JSON.stringify([plan, tree.md5, records]));
}
