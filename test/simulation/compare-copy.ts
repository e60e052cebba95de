import { type Campaign, versionAt } from './campaign.ts';
import { isWanted, type StreamSettings } from './stream-settings.ts';

/** Reads a copy in the terms of the truth. */
export interface CopyReader {
  /** Returns the `$version` that was written last; null: no such contact. */
  heldNr(contactId: string): number | null;
  /** Returns those of these records, as `table id`, that the contact lacks. */
  missing(contactId: string, records: readonly string[]): readonly string[];
  /** Returns the field `note` of a contact that is there. */
  heldNote(contactId: string): string | null;
  /** True where the contact is marked as deleted. */
  isMarked(contactId: string): boolean;
  /** Returns the hang-up time of a call; undefined: no such call. */
  heldCall(callId: string): string | null | undefined;
  /** True where all of the contact, or its body, is a dead letter. */
  isDeadLetter(contactId: string): boolean;
}

/**
 * Calls are read a day back once a quarter of an hour, since hang-up times come late. This time
 * after a replica has lagged, its wrong answers about calls are corrected.
 */
export const CALLS_LATE_MS = 15 * 60_000;

/** A copy without `--since` begins when the first answer of the API has come. */
const STARTING_MS = 60_000;

/**
 * Yields each difference between the copy and the truth, in words. Rows of deleted contacts may stay.
 *
 * @param asOfMs later changes may be there or not
 * @param isExcused true where the contact or the call of this id may be missing
 * @param settings the options of the copy; rows that its filter leaves out may stay, and so may older ones than its
 * start
 */
export function* compareCopy(
  campaign: Campaign,
  copy: CopyReader,
  asOfMs: number,
  isExcused: (id: string) => boolean,
  { filter, startMs }: StreamSettings,
): Generator<string> {
  for (const contact of campaign.contacts.values()) {
    const wanted = versionAt(contact, asOfMs);
    if (wanted === undefined || contact.deletedMs !== null || isExcused(contact.id)) continue;
    if (wanted.atMs < startMs) continue;
    const nr = copy.heldNr(contact.id);
    const letter = copy.isDeadLetter(contact.id) ? ' and it is a dead letter' : '';
    const version = contact.versions.find((candidate) => candidate.nr === nr);
    const records = (version?.records ?? []).filter(({ below }) => below === null || isWanted(below, filter));
    const missing = copy.missing(
      contact.id,
      records.map(({ record }) => record),
    );
    if (nr === null) yield `${contact.id} is not there${letter}`;
    else if (nr < wanted.nr) yield `${contact.id} is version ${nr} where ${wanted.nr} is true${letter}`;
    else if (letter !== '') yield `${contact.id} is current${letter}`;
    else if (missing.length > 0) yield `${contact.id} lacks ${missing.join(', ')}`;
    else if (copy.isMarked(contact.id)) yield `${contact.id} is marked as deleted`;
    else if (version && copy.heldNote(contact.id) !== version.fields.note)
      yield `${contact.id} has the note ${copy.heldNote(contact.id)} where ${version.fields.note} is true`;
  }
  for (const { id, startedMs, versions } of campaign.calls) {
    if (startedMs < startMs + STARTING_MS) continue;
    const wanted = versions.findLast(({ atMs }) => atMs <= asOfMs - CALLS_LATE_MS)?.values.hangup_time;
    const held = copy.heldCall(id);
    if (isExcused(id)) continue;
    if (wanted !== undefined && held !== wanted && held !== versions.at(-1)?.values.hangup_time) {
      yield `call ${id} hung up ${held} where ${wanted} is true`;
    }
  }
}
