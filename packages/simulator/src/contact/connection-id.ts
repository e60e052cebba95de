import type { Random } from './random.js';

/** Makes an id that no two contacts share, whatever is drawn. */
export function newConnectionId(contactId: string, random: Random): string {
  return `${contactId}-${random.hex(16)}`;
}
