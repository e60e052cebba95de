import type { Message } from '@dbsync/core/contract';
import { type CampaignContact, type UpstreamTransaction, versionAt } from './campaign.ts';
import { isWanted } from './stream-settings.ts';
import type { TargetSurroundings } from './targets.ts';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';
import { HOUR_MS, MINUTE_MS } from './weather.ts';

/** The last state that the receiver got of one transaction. */
interface Received {
  readonly status: string;
  /** All earlier states, to see whether an old one comes after a new one. */
  readonly order: readonly string[];
}

/** All messages of the receiver, compared with those that it should get. */
export interface ReceivedTransactions {
  /**
   * Returns the transactions whose order of messages leaves an older state as the last one, and since when. Those of contacts that
   * the campaign has deleted since are not among them: nothing newer can be had of them.
   */
  outdated(): ReadonlyMap<string, number>;
  receive(message: Message): void;
  /** Notes that the newest message of its transaction was given up: a dead letter, until a newer state is delivered. */
  gaveUp(message: Message): void;
  /** Yields each difference from the truth, in words; and each message that the start or the filter leaves out. */
  differences(asOfMs: number, isLate: (contactId: string) => boolean): Iterable<string>;
}

/**
 * A process keeps its former options until it has stopped, and the start of a copy without `--since` is known by clocks that may
 * be some seconds wrong.
 */
const CHANGE_MS = 20 * MINUTE_MS;
const STARTING_MS = MINUTE_MS;
/** The time under a filter after which a copy that has caught up has seen every contact under it. */
const SEEN_AFTER_MS = 2 * HOUR_MS;

export function createReceivedTransactions({ campaign, time, settings }: TargetSurroundings): ReceivedTransactions {
  const received = new Map<string, Received>();
  const outdated = new Map<string, { readonly contactId: string; readonly sinceMs: number }>();
  const givenUp = new Set<string>();
  /** Messages that should not have come. */
  const unwanted: string[] = [];
  /** By the instant at which a filter came into force: the end of the time in which all changes were seen under it. */
  const seenUntilMs = new Map<number, number>();

  const isOwed = (key: string, transaction: UpstreamTransaction) => {
    const firedMs = firedAt(transaction);
    if (!isWanted(transaction, settings.filter) || firedMs < settings.startMs + STARTING_MS) return false;
    if (settings.since !== null || received.has(key)) return true;
    // R32: a wider filter sends no history.
    return settings.formerFilters.every(({ filter, untilMs }) => untilMs < firedMs || isWanted(transaction, filter));
  };

  /** Returns the reason why this state of the transaction should not have come; null: it should. */
  const flawOf = (key: string, transaction: UpstreamTransaction, changedMs: number) => {
    const { since, startMs, filter, filterFromMs, formerFilters } = settings;
    if (firedAt(transaction) < startMs - STARTING_MS) return 'was fired before the start, and was delivered';
    if (!isWanted(transaction, filter)) {
      return changedMs > filterFromMs + CHANGE_MS ? 'does not pass the filter, and was delivered' : null;
    }
    if (since !== null || received.has(key)) return null;
    const isHistory = formerFilters.some(
      (former) =>
        !isWanted(transaction, former.filter) &&
        changedMs > former.fromMs + CHANGE_MS &&
        changedMs <= (seenUntilMs.get(former.fromMs) ?? Number.NEGATIVE_INFINITY),
    );
    return isHistory ? 'was left out by an earlier filter, did not change since, and was delivered' : null;
  };

  return {
    outdated: () => {
      const deletedMs = (contactId: string) => campaign.contacts.get(contactId)?.deletedMs ?? null;
      const kept = [...outdated].filter(([, { contactId }]) => deletedMs(contactId) === null);
      return new Map(kept.map(([key, { sinceMs }]) => [key, sinceMs]));
    },
    receive({ contactId, transaction: { fired, sequence_nr: nr, status } }) {
      const key = keyOf(contactId, String(fired), Number(nr));
      const state = stateOf(campaign.contacts.get(contactId), Number(nr), String(status));
      const flaw = state && flawOf(key, state.transaction, state.changedMs);
      if (flaw) unwanted.push(`${key} ${flaw} as ${status}`);
      const order = received.get(key)?.order ?? [];
      const isOld = order.includes(String(status)) && order.at(-1) !== status;
      givenUp.delete(key);
      if (!isOld) outdated.delete(key);
      else if (!outdated.has(key)) outdated.set(key, { contactId, sinceMs: time.nowMs });
      const others = order.filter((other) => other !== status);
      received.set(key, { status: String(status), order: isOld ? order : [...others, String(status)] });
    },
    gaveUp({ contactId, transaction: { fired, sequence_nr: nr } }) {
      givenUp.add(keyOf(contactId, String(fired), Number(nr)));
    },
    *differences(asOfMs, isLate) {
      yield* unwanted.splice(0);
      if (time.nowMs > settings.filterFromMs + SEEN_AFTER_MS) seenUntilMs.set(settings.filterFromMs, asOfMs);
      for (const contact of campaign.contacts.values()) {
        if (contact.deletedMs !== null || isLate(contact.id)) continue;
        for (const transaction of versionAt(contact, asOfMs)?.transactions ?? []) {
          const { fired, sequence_nr: nr, status } = transaction;
          const key = keyOf(contact.id, fired, nr);
          if (givenUp.has(key) || !isOwed(key, transaction)) continue;
          const got = received.get(key)?.status;
          if (got !== status && !isLater(contact, nr, got, asOfMs)) {
            yield `${key} was delivered as ${got} where ${status} is true`;
          }
        }
      }
    },
  };
}

/** True where the transaction had this state later than then. */
function isLater({ versions }: CampaignContact, nr: number, status: string | undefined, asOfMs: number): boolean {
  return versions.some(
    ({ atMs, transactions }) => atMs > asOfMs && transactions.some((t) => t.sequence_nr === nr && t.status === status),
  );
}

/** Returns the transaction in this state, and when it came to it. */
function stateOf(contact: CampaignContact | undefined, nr: number, status: string) {
  for (const { atMs, transactions } of contact?.versions ?? []) {
    const transaction = transactions.find((t) => t.sequence_nr === nr && t.status === status);
    if (transaction) return { transaction, changedMs: atMs };
  }
  return null;
}

function firedAt({ fired }: UpstreamTransaction): number {
  return Date.parse(fired) - WORLD_BEGINS_MS;
}

function keyOf(contactId: string, fired: string, sequenceNr: number): string {
  return `${contactId} ${fired} ${sequenceNr}`;
}
