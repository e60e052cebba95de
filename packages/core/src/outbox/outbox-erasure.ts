import {
  actOnContacts,
  type ErasedContact,
  type ErasedCounts,
  type Erasure,
  type ErasureOptions,
} from '../contract/index.js';
import { eraseContact } from './commit/erase-contact.js';
import type { OutboxAccess } from './commit/outbox-access.js';
import type { OutboxRows } from './rows/outbox-rows.js';
import { repairRows } from './rows/repaired-rows.js';

/**
 * Erases contacts in the state file. The first commit keeps all of them out; then each is removed in a separate commit,
 * which no write can overlap. If a removal fails, its contact stays kept out without counts, and the call can be repeated. SQLite overwrites what it
 * deletes (`secure_delete`). The write-ahead log, which holds the former pages, is emptied after the commits.
 */
export function createOutboxErasure(access: OutboxAccess, now: () => number): Erasure {
  return {
    async forget(contactIds, options) {
      const erased: ErasedContact[] = [];
      await access.commit((rows) => {
        obey(rows, 'forget', contactIds, options, now());
        for (const contactId of contactIds) {
          if (!rows.forgotten.has(contactId)) rows.forgotten.put(contactId, null, now());
        }
      }, options);
      for (const contactId of contactIds) erased.push(await forget(access, contactId, now, options));
      await access.read(({ db }) => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'), options);
      return erased;
    },
    remember: (contactIds, options) =>
      access.commit((rows) => {
        obey(rows, 'remember', contactIds, options, now());
        for (const contactId of contactIds) rows.forgotten.remove(contactId);
      }, options),
    readForgotten: (contactIds, options) =>
      access.read(
        ({ forgotten }) => contactIds.flatMap((contactId) => entryOf(forgotten.find(contactId), contactId)),
        options,
      ),
  };
}

/**
 * Does the parts of the commit that only a command needs. It repairs the rows, so that each row of a contact is found
 * by its number; removes the contacts from older requests; and adds a row to the audit. For a call by the holder of the
 * stream it does nothing.
 */
function obey(
  { db, requests, streams, audit }: OutboxRows,
  kind: 'forget' | 'remember',
  contactIds: readonly string[],
  { command }: ErasureOptions,
  nowMs: number,
): void {
  if (command === undefined) return;
  repairRows(db);
  requests.withdraw(new Set(contactIds));
  if (command.by === undefined) return;
  audit.note(streams.ensure(command.stream).nr, actOnContacts(kind, contactIds.length), command.by, nowMs);
}

function entryOf(erased: ErasedCounts | null | undefined, contactId: string): readonly ErasedContact[] {
  return erased === undefined ? [] : [{ contactId, erased }];
}

function forget(
  access: OutboxAccess,
  contactId: string,
  now: () => number,
  options: ErasureOptions,
): Promise<ErasedContact> {
  return access.commit((rows: OutboxRows) => {
    const before = rows.forgotten.find(contactId) ?? {};
    const counts = eraseContact(rows.db, contactId);
    const erased = Object.fromEntries(
      Object.entries(counts).map(([kind, count]) => [kind, count + (before[kind] ?? 0)]),
    );
    rows.forgotten.put(contactId, erased, now());
    return { contactId, erased };
  }, options);
}
