import { readStatus } from '@dbsync/core/cli-kit';
import type { Reporting, StoreSink } from '@dbsync/core/contract';
import { createMemoryStore, createMemoryTarget, type MemoryTarget } from '@dbsync/testkit';
import { type CopyReader, compareCopy } from './compare-copy.ts';
import { STORE_KINDS } from './fault-kinds.ts';
import { CAMPAIGN, NONE_OUTDATED, type SimulatedTarget } from './simulated-target.ts';
import type { TargetSurroundings } from './targets.ts';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';
import type { VirtualTime } from './virtual-time.ts';

const MOST_SNAPSHOTS = 30;

/** Creates the memory store of core's testkit, with a past to which it can be set back. */
export function createMemoryStoreTarget({ campaign, time, settings }: TargetSurroundings): SimulatedTarget {
  const target = createMemoryTarget();
  const reporting = reportingOf(createMemoryStore(target), time);
  const snapshots: { readonly target: MemoryTarget; readonly calls: ReadonlyMap<string, string | null> }[] = [];
  /** The hang-up times of calls, by record, as the messages have them. */
  const calls = new Map<string, string | null>();

  const readMessages = () => {
    for (const message of target.messages.splice(0)) {
      if (message.gone || message.row.table !== 'inbound_calls') continue;
      const { hangup_time: hangUp } = message.row.values;
      calls.set(message.record, typeof hangUp === 'string' ? hangUp : null);
    }
  };

  const removeContact = (contactId: string) => {
    target.contacts.delete(contactId);
    for (const [record, entry] of target.ledger) if (entry.contactId === contactId) target.ledger.delete(record);
  };

  const copy: CopyReader = {
    heldNr: (contactId) => Number(target.contacts.get(contactId)?.tree.values.$version ?? Number.NaN) || null,
    missing: (contactId, records) => records.filter((record) => target.ledger.get(record)?.contactId !== contactId),
    heldNote: (contactId) => String(target.contacts.get(contactId)?.tree.values.note ?? ''),
    isMarked: (contactId) => typeof target.contacts.get(contactId)?.deletedAt === 'string',
    heldCall(callId) {
      readMessages();
      const record = `inbound_calls ${callId}`;
      return target.ledger.has(record) ? calls.get(record) : undefined;
    },
    isDeadLetter: (contactId) =>
      [...(target.streams.get(CAMPAIGN)?.deadLetters.values() ?? [])].some((letter) => letter.contactId === contactId),
  };

  return {
    name: 'memory',
    hasMachineClock: false,
    kinds: STORE_KINDS,
    connect: () => ({ store: createMemoryStore(target), delivery: null, drop: () => {} }),
    readHeldNrs: () => copy.heldNr,
    holdsNothing: () =>
      target.ledger.size === 0 && [...target.streams.values()].every(({ progress }) => progress === null),
    differences: (asOfMs, isExcused) => compareCopy(campaign, copy, asOfMs, isExcused, settings),
    outdated: () => NONE_OUTDATED,
    readStatus: () => readStatus(reporting, CAMPAIGN, { signal: new AbortController().signal }),
    keepSnapshot() {
      readMessages();
      snapshots.push({ target: copyOf(target), calls: new Map(calls) });
      if (snapshots.length > MOST_SNAPSHOTS) snapshots.splice(1, 1);
    },
    setBack(age) {
      const snapshot = snapshots[Math.floor((1 - age) * snapshots.length)] ?? snapshots.at(-1);
      if (snapshot === undefined) return false;
      target.messages.splice(0);
      fill(target, copyOf(snapshot.target));
      refill(calls, snapshot.calls);
      return true;
    },
    loseState: () => target.streams.clear(),
    removeRows(what, draw) {
      const ids = [...target.contacts.keys()];
      const chosen = ids[Math.floor(draw * ids.length)];
      if (what === 'all') {
        target.contacts.clear();
        target.ledger.clear();
        return ids;
      }
      if (chosen === undefined) return [];
      if (what === 'contact') removeContact(chosen);
      else {
        const records = [...target.ledger]
          .filter(([, { contactId }]) => contactId === chosen)
          .map(([record]) => record);
        const record = records[Math.floor(draw * ids.length * records.length) % Math.max(1, records.length)];
        if (record !== undefined) target.ledger.delete(record);
      }
      return [chosen];
    },
    removePart: () => [],
    tidy: readMessages,
    close: () => {},
  };
}

/** Returns the facts as a store on another machine gives them, whose clock is right. */
function reportingOf({ reporting }: StoreSink, time: VirtualTime): Pick<Reporting, 'describeStream'> {
  if (reporting === undefined) throw new TypeError('The memory store keeps heartbeats.');
  return {
    async describeStream(stream, options) {
      const facts = await reporting.describeStream(stream, options);
      return facts && { ...facts, nowMs: WORLD_BEGINS_MS + time.nowMs };
    },
  };
}

/** Copies a target. Written values never change, so only the maps are copied. */
function copyOf(target: MemoryTarget): MemoryTarget {
  const streams = Array.from(target.streams, ([name, stream]) => {
    const lease = stream.lease && { ...stream.lease };
    const deadLetters = new Map(stream.deadLetters);
    return [name, { ...stream, lease, deadLetters, requests: new Map(stream.requests) }] as const;
  });
  return {
    ...target,
    streams: new Map(streams),
    fields: new Map(target.fields),
    messages: [],
    ledger: new Map(target.ledger),
    contacts: new Map(target.contacts),
  };
}

function fill(target: MemoryTarget, by: MemoryTarget): void {
  refill(target.streams, by.streams);
  refill(target.fields, by.fields);
  refill(target.ledger, by.ledger);
  refill(target.contacts, by.contacts);
}

function refill<K, V>(map: Map<K, V>, by: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of by) map.set(key, value);
}
