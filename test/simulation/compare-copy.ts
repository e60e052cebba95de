import { type Campaign, versionAt } from './campaign.ts';
import type { SimulatedTarget } from './simulated-target.ts';

/** Calls are read a day back once a quarter of an hour, since hang-up times come late. */
const CALLS_LATE_MS = 15 * 60_000;

/**
 * Each difference between the copy and the truth, in words. Rows of deleted contacts may stay.
 *
 * @param asOfMs what changed later may be there or not
 */
export function* compareCopy(
  campaign: Campaign,
  target: SimulatedTarget,
  asOfMs: number,
  isExcused: (contactId: string) => boolean,
): Generator<string> {
  for (const contact of campaign.contacts.values()) {
    const wanted = versionAt(contact, asOfMs);
    if (wanted === undefined || contact.deletedMs !== null || isExcused(contact.id)) continue;
    const held = target.held(contact.id, (nr) => contact.versions.find((version) => version.nr === nr)?.records ?? []);
    const letter = target.isDeadLetter(contact.id) ? ' and it is a dead letter' : '';
    if (held === null) yield `${contact.id} is not there${letter}`;
    else if (held.nr < wanted.nr) yield `${contact.id} is version ${held.nr} where ${wanted.nr} is true${letter}`;
    else if (held.missing.length > 0) yield `${contact.id} lacks ${held.missing.join(', ')}`;
  }
  for (const { id, versions } of campaign.calls) {
    const wanted = versions.findLast(({ atMs }) => atMs <= asOfMs - CALLS_LATE_MS)?.values.hangup_time;
    const held = target.heldCall(id);
    if (wanted !== undefined && held !== wanted && held !== versions.at(-1)?.values.hangup_time) {
      yield `call ${id} hung up ${held} where ${wanted} is true`;
    }
  }
}
