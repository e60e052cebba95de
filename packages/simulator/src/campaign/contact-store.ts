import { applyChange, type ContactChange, type ContactChangeKind } from '../contact/contact-changes.js';
import { createContactIds } from '../contact/contact-id.js';
import type { JsonObject } from '../contact/json.js';
import { createRandom, mix } from '../contact/random.js';
import { createPastContacts, type PastContactsOptions } from './past-contacts.js';

/**
 * The contacts of a campaign by number. Those of the past are made from the seed whenever they are asked for; only
 * later changes are kept. A contact's revision is the number of its changes.
 */
export interface ContactStore {
  idOf(index: number): string;
  /** Returns a contact's number; undefined for ids that no contact has or had at that time. */
  find(id: string, asOfMs: number): number | undefined;
  exists(index: number, asOfMs: number): boolean;
  isHostile(index: number): boolean;
  revision(index: number, asOfMs: number): number;
  /** Returns an md5 that differs with the changes and their times, so that no other run of the same seed has it. */
  md5(index: number, revision: number): string;
  text(index: number, revision: number, withMd5: boolean): string;
  record(index: number, revision: number): JsonObject;
  /** Yields the contact as it was at first, then the same object after each of its changes. */
  history(index: number): Generator<JsonObject, void, undefined>;
  /** The number of all contacts that ever were, deleted ones too. */
  readonly count: number;
  /** Makes a contact without transactions and returns its number. */
  create(atMs: number): number;
  change(index: number, change: ContactChange): void;
  delete(index: number, atMs: number): void;
}

export interface ContactStoreOptions extends PastContactsOptions {
  /** Changes of these kinds leave the md5 as it is. */
  readonly md5IgnoresKinds: readonly ContactChangeKind[];
}

/** The changes of a contact since the past. */
interface Overlay {
  readonly createdMs: number;
  readonly changes: ContactChange[];
  deletedMs: number;
}

export function createContactStore(options: ContactStoreOptions): ContactStore {
  const { timeline } = options;
  const { idOf, indexOf } = createContactIds(options.seed);
  const past = createPastContacts(options);
  const md5Seed = mix(options.seed, 6);
  const md5Ignores = new Set(options.md5IgnoresKinds);
  const overlays = new Map<number, Overlay>();
  let count = timeline.contacts;

  const createdMs = (index: number) => overlays.get(index)?.createdMs ?? timeline.createdAt(index);
  const changes = (index: number) => overlays.get(index)?.changes ?? NO_CHANGES;

  const exists = (index: number, asOfMs: number) => {
    if (index >= count || createdMs(index) > asOfMs) return false;
    return (overlays.get(index)?.deletedMs ?? Number.POSITIVE_INFINITY) > asOfMs;
  };

  const md5 = (index: number, revision: number) => {
    const counted = changes(index).filter(({ kind }, changeIndex) => changeIndex < revision && !md5Ignores.has(kind));
    const seed = mix(mix(md5Seed, index), mix(createdMs(index), counted.length));
    return createRandom(counted.reduce((mixed, { atMs }) => mix(mixed, atMs), seed)).hex(32);
  };

  function* history(index: number) {
    const contact = past.record(idOf(index), index, createdMs(index));
    yield contact;
    for (const change of changes(index)) {
      applyChange(contact, change);
      yield contact;
    }
  }

  const record = (index: number, revision: number) => {
    const contact = past.record(idOf(index), index, createdMs(index));
    for (const change of changes(index).slice(0, revision)) applyChange(contact, change);
    return contact;
  };

  const text = (index: number, revision: number, withMd5: boolean) => {
    const hash = withMd5 ? md5(index, revision) : null;
    if (revision === 0 && !past.isHostile(index)) return past.text(idOf(index), index, createdMs(index), hash);
    const contact = record(index, revision);
    if (hash !== null) contact.$md5 = hash;
    return JSON.stringify(contact);
  };

  const overlayOf = (index: number, madeMs: number) => {
    const overlay = overlays.get(index) ?? { createdMs: madeMs, changes: [], deletedMs: Number.POSITIVE_INFINITY };
    overlays.set(index, overlay);
    return overlay;
  };

  return {
    idOf,
    find: (id, asOfMs) => {
      const index = indexOf(id);
      return index !== undefined && exists(index, asOfMs) ? index : undefined;
    },
    exists,
    isHostile: past.isHostile,
    revision: (index, asOfMs) => changes(index).findLastIndex(({ atMs }) => atMs <= asOfMs) + 1,
    md5,
    text,
    record,
    history,
    get count() {
      return count;
    },
    create: (atMs) => {
      overlayOf(count, atMs);
      return count++;
    },
    change: (index, change) => void overlayOf(index, createdMs(index)).changes.push(change),
    delete: (index, atMs) => {
      overlayOf(index, createdMs(index)).deletedMs = atMs;
    },
  };
}

const NO_CHANGES: readonly ContactChange[] = [];
