import type { DatabaseSync } from 'node:sqlite';
import { canonicalTarget } from '../../records/canonical-target.js';
import { fatal } from '../file/outbox-errors.js';
import { prepareQuery } from '../file/prepared-query.js';
import { readText, type StoredText, storeText } from '../file/stored-text.js';

/** The target of the file's messages (R29): its origin and path, without secrets. */
export interface DeliveryTargets {
  /** Throws `OUTBOX_TARGET_CHANGED` if the file's messages have another target. */
  check(target: string): void;
  /** Stores a new target. Acceptances at a former target prove nothing about a new one (R31). */
  record(target: string): void;
  /** Returns the stored target; null: none was stored yet. */
  recorded(): string | null;
  hasAccepted(): boolean;
  noteAcceptance(): void;
}

/** Compares two targets. Former versions stored a target in the spelling of its URL. */
function isSame(one: string, other: string): boolean {
  return canonicalTarget(one) === canonicalTarget(other);
}

export function createDeliveryTargets(db: DatabaseSync): DeliveryTargets {
  const find = prepareQuery<{ readonly target: StoredText | null; readonly has_accepted: number }>(
    db,
    'SELECT target, has_accepted FROM targets',
  );
  const record = db.prepare(`
    INSERT INTO targets (nr, target, has_accepted) VALUES (1, ?, 0)
    ON CONFLICT DO UPDATE SET has_accepted = has_accepted AND target IS NULL, target = excluded.target
    WHERE target IS NOT excluded.target`);
  const accepted = db.prepare(`
    INSERT INTO targets (nr, target, has_accepted) VALUES (1, NULL, 1)
    ON CONFLICT DO UPDATE SET has_accepted = 1 WHERE has_accepted = 0`);

  return {
    check(target) {
      const recorded = find.get()?.target ?? null;
      if (recorded === null || isSame(readText(recorded), target)) return;
      throw fatal(
        'OUTBOX_TARGET_CHANGED',
        `This state file delivers to ${readText(recorded)}, and the URL is now ${target}. If that is the same receiver ` +
          'at a new address, give --adopt-url once: waiting messages go there. If it is another receiver, give it a state ' +
          'file of its own with --stream NAME.',
      );
    },
    record(target) {
      const recorded = find.get()?.target ?? null;
      if (recorded === null || !isSame(readText(recorded), target)) record.run(storeText(target));
    },
    recorded() {
      const target = find.get()?.target ?? null;
      return target === null ? null : readText(target);
    },
    hasAccepted: () => find.get()?.has_accepted === 1,
    noteAcceptance: () => void accepted.run(),
  };
}
