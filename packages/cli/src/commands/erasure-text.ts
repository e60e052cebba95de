import type { ErasedContact } from '@dbsync/core/contract';
import { formatCounted } from '../terminal/figures.js';

/** The result of `forget`, or the request that it left. */
export interface ErasureReport {
  readonly kind: 'forget' | 'remember';
  readonly contactIds: readonly string[];
  readonly campaign: string;
  readonly target: string;
  /** The erased contacts. Null: the process that holds the campaign has not done it yet. */
  readonly done: readonly ErasedContact[] | null;
}

/** Writes the result of `forget` for operators. */
export function erasureLines({ kind, contactIds, campaign, target, done }: ErasureReport): readonly string[] {
  const contacts = formatCounted(contactIds.length, 'contact');
  if (done === null) {
    return [
      `Requested. The process that holds campaign ${campaign} does it within its next cycle; where none runs, the next one at its start.`,
      'Run the same command again to see the number of removed rows.',
    ];
  }
  if (kind === 'remember') {
    return [
      `dbsync may copy ${contacts} again. The process that holds campaign ${campaign} fetches them from the API.`,
    ];
  }
  if (done.some(({ erased }) => erased === null)) return done.map(lineOf);
  return [...done.map(lineOf), `${contacts} forgotten in ${target}, and kept out from now on.`];
}

function lineOf({ contactId, erased }: ErasedContact): string {
  if (erased === null) return `${contactId}: kept out, and not removed yet. Run the same command again`;
  const parts = Object.entries(erased).filter(([, count]) => count > 0);
  const removed = parts.map(([kind, count]) => `${count} ${kind.replaceAll('_', ' ')}`).join(', ');
  return `${contactId}: ${removed === '' ? 'nothing was there' : `removed ${removed}`}`;
}
