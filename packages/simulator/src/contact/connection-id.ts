import type { Random } from './random.js';

/** No two contacts share one, whatever is drawn. */
export function newConnectionId(contactId: string, random: Random): string {
  return `${contactId}-${random.hex(16)}`;
}
