import { hash } from 'node:crypto';
import { transactionSlots } from '../contact/contact-record.js';
import type { JsonObject } from '../contact/json.js';
import { mix } from '../contact/random.js';
import type { ContactStore } from './contact-store.js';

/** The line of one transaction. */
export interface EventLine {
  readonly firedMs: number;
  readonly text: string;
  /** The record that filters read. */
  readonly transaction: JsonObject;
}

/**
 * Returns the lines of contacts, by revision. A window that is read slice by slice meets a contact several times, and
 * making its lines takes a tenth of a millisecond: those of the last contacts are remembered.
 */
export function createContactLines(contacts: ContactStore): (index: number, revision: number) => readonly EventLine[] {
  const remembered = new Map<string, readonly EventLine[]>();
  return (index, revision) => {
    const key = `${index} ${revision}`;
    const known = remembered.get(key);
    if (known) return known;
    const lines = linesOf(index, contacts.idOf(index), contacts.record(index, revision));
    remembered.set(key, lines);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= MAX_REMEMBERED) break;
      remembered.delete(oldest);
    }
    return lines;
  };
}

/** More than change in five minutes, which each cycle reads again, at a hundred a second. */
const MAX_REMEMBERED = 30_000;

/**
 * Makes the lines of a contact. Transactions whose `fired` is no time have no line. The md5 is the transaction's own,
 * connections included.
 */
function linesOf(index: number, contactId: string, contact: JsonObject): EventLine[] {
  return transactionSlots(contact).flatMap(({ record }, order) => {
    const { fired, type, task, user = null, status_detail } = record;
    const firedMs = typeof fired === 'string' ? Date.parse(fired) : Number.NaN;
    if (Number.isNaN(firedMs)) return [];
    const counter = mix(index, order);
    const key = `${fired}${String(counter % 10_000).padStart(4, '0')}`;
    const text = `${key}|${hash('md5', JSON.stringify(record))}|${contactId}|${order + 1},${counter % 997}`;
    return { firedMs, text, transaction: { type, task, user, status_detail } };
  });
}
