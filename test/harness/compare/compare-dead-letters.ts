import type { TruthDeadLetter } from '@dbsync/simulator';
import type { Difference } from './difference.ts';
import { type ExactJson, parseExact, sameJson } from './exact-json.ts';
import type { StoredDeadLetter } from './stored-copy.ts';

/**
 * Compares the dead letters of a copy with the records that cannot be rows: each record must be kept, whole. Letters of
 * contacts that the upstream no longer has may stay, and so may those of earlier states of inbound calls; any other
 * letter is a difference.
 *
 * @param isThere true where the upstream still has a contact
 */
export function compareDeadLetters(
  wanted: readonly TruthDeadLetter[],
  stored: readonly StoredDeadLetter[],
  isThere: (contactId: string) => boolean,
): Difference[] {
  const left = Map.groupBy(stored, groupOf);
  const differences: Difference[] = [];
  for (const letter of wanted) {
    const candidates = left.get(groupOf(letter)) ?? [];
    const index = candidates.findIndex(({ body }) => isKept(letter, body));
    if (index >= 0) candidates.splice(index, 1);
    else differences.push(difference(letter, letter.record, undefined));
  }
  for (const letter of [...left.values()].flat()) {
    if (letter.contactId !== null && isThere(letter.contactId))
      differences.push(difference(letter, undefined, letter.body));
  }
  return differences;
}

type Letter = Pick<StoredDeadLetter, 'kind' | 'contactId'>;

/** Groups letters. An inbound call belongs to no contact. */
function groupOf({ kind, contactId }: Letter): string {
  return kind === 'inbound-call' ? kind : `${kind} ${contactId}`;
}

function isKept({ kind, record }: TruthDeadLetter, body: string): boolean {
  return kind === 'fetch' || sameJson(parseExact(body), record as ExactJson);
}

function difference(letter: Letter, expected: unknown, found: unknown): Difference {
  return { table: 'dead_letters', id: groupOf(letter), column: null, expected, found };
}
