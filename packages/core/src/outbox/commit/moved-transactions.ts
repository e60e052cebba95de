import { readText, type StoredText, storeId } from '../file/stored-text.js';
import type { LedgerEntry } from '../rows/delivery-ledger.js';
import type { OutboxRows } from '../rows/outbox-rows.js';
import type { StagedContact } from './staged-contact.js';
import { sameHash } from './transaction-hash.js';

/**
 * Follows transactions that have another id now. That happens to transactions of one instant when one of them appears
 * or vanishes (R17). If a transaction is exactly as it was queued under another id of its contact, it takes over that
 * ledger entry, in exchange for its own. So a transaction that only moved is not sent again. Returns whether one moved.
 */
export function followMoved(
  rows: OutboxRows,
  streamNr: number,
  { contact, tree, transactions }: StagedContact,
): boolean {
  const { ledger, messages, deadLetters, accepted } = rows;
  const left: { readonly id: StoredText; readonly hash: Uint8Array }[] = [];
  /** The entries that do not match the transaction that has their id now, by hash. */
  const free = new Map<string, StoredText>();
  const offer = (id: StoredText, entry: LedgerEntry | undefined) => {
    if (entry) free.set(hexOf(entry.queued), id);
  };
  for (const { id, hash } of transactions) {
    const entry = ledger.find(streamNr, id);
    if (entry && sameHash(entry.queued, hash)) continue;
    left.push({ id, hash });
    offer(id, entry);
  }
  if (left.length === 0) return false;
  for (const id of tree.formerIds.map(storeId)) offer(id, ledger.find(streamNr, id));

  const exchanges = createExchanges();
  for (const { id, hash } of left) {
    const from = free.get(hexOf(hash));
    if (from === undefined) continue;
    const own = ledger.find(streamNr, id);
    exchangeEntries(rows, streamNr, id, from);
    exchanges.exchange(id, from);
    deadLetters.swapTransactions(streamNr, id, from);
    accepted.swapTransactions(streamNr, id, from);
    free.delete(hexOf(hash));
    offer(from, own);
  }
  if (exchanges.isUntouched) return false;
  messages.moveTransactions(streamNr, contact, exchanges.newIdOf);
  return true;
}

/** Follows transactions that were exchanged one after the other, so that all messages get their new ids in one pass. */
function createExchanges() {
  /** For each place, the id that the transaction there had before. */
  const before = new Map<string, StoredText>();
  let after: Map<string, StoredText> | null = null;
  return {
    get isUntouched() {
      return before.size === 0;
    },
    exchange(a: StoredText, b: StoredText) {
      const [fromA, fromB] = [before.get(readText(a)) ?? a, before.get(readText(b)) ?? b];
      before.set(readText(a), fromB);
      before.set(readText(b), fromA);
    },
    newIdOf(id: StoredText): StoredText {
      after ??= new Map([...before].map(([present, former]) => [readText(former), storeId(present)]));
      return after.get(readText(id)) ?? id;
    },
  };
}

function exchangeEntries({ ledger }: OutboxRows, streamNr: number, a: StoredText, b: StoredText): void {
  const [ofA, ofB] = [ledger.find(streamNr, a), ledger.find(streamNr, b)];
  for (const [id, entry] of [
    [a, ofB],
    [b, ofA],
  ] as const) {
    if (entry) ledger.put(streamNr, id, entry);
    else ledger.remove(streamNr, id);
  }
}

function hexOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex');
}
