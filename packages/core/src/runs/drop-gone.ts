import { randomUUID } from 'node:crypto';
import type { Operator } from '../contract/index.js';
import { mostMissed } from '../discover/missed-contacts.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import { readCopy, refuseOtherPlan } from './copy-state.js';
import { chunksOf } from './refetch-contacts.js';
import type { RunContext, RunSettings } from './run-settings.js';
import { untilAnswered } from './until-answered.js';
import type { VerifyReport } from './verify-copy.js';

/** The contacts whose rows `--drop-gone` deletes, as far as the API lacks them. */
export interface GoneContacts {
  /** Contacts that the campaign no longer has, and those that rows without a parent name. */
  readonly contactIds: readonly string[];
  /** How many of them may be deleted without a number that an operator gives. */
  readonly most: number;
}

/** Returns what a comparison found that the API may no longer have. */
export function goneContacts({ gone, orphans, stored }: VerifyReport): GoneContacts {
  const named = orphans.map(({ contactId }) => contactId).filter((id) => id !== null);
  return { contactIds: [...new Set([...gone, ...named])], most: mostMissed(stored) };
}

/** The options of a deletion. */
export interface DropGoneOptions {
  readonly report: VerifyReport;
  readonly by: Operator;
  /** The number of contacts that the operator allows; null: a share of the stored ones. */
  readonly allowed: number | null;
}

/**
 * Deletes what the copy holds of contacts that the API no longer has, by the process that holds the stream, or at once
 * where none does. Returns false where the holder has yet to do a part of it. The store must be open.
 *
 * @throws DbsyncError `VERIFY_TOO_MANY_GONE`, `VERIFY_UNFIT`
 */
export async function dropGone(
  settings: RunSettings,
  context: RunContext,
  openAgain: () => Promise<RunSettings>,
  { report, by, allowed }: DropGoneOptions,
): Promise<boolean> {
  const { sink, campaign } = settings;
  const { contactIds, most } = goneContacts(report);
  const { present } = report;
  if (sink.store.mirroring === undefined)
    throw new DbsyncError('VERIFY_UNFIT', `The sink of ${sink.target} cannot delete contacts.`);
  if (present === null || contactIds.length > (allowed ?? most)) throw tooMany(contactIds.length, report, most);
  const copy = await readCopy(settings, context.signal);
  if (copy.heldBy === null) refuseOtherPlan(settings, copy);
  const keys: string[] = [];
  for await (const chunk of chunksOf(contactIds)) {
    const key = `drop-gone-${randomUUID()}`;
    const request = { key, kind: 'drop-gone', contactIds: chunk, present } as const;
    await sink.store.postRequest(campaign, request, { signal: context.signal, by });
    keys.push(key);
  }
  return untilAnswered(settings, context, openAgain, keys, () => {});
}

function tooMany(count: number, { present, stored }: VerifyReport, most: number): DbsyncError {
  const message =
    present === null
      ? 'The API lists no contact at all, so dbsync deletes none.'
      : `The campaign lacks ${count} of ${stored} stored contacts, more than the ${most} that may be deleted at once. If they were deleted on purpose: --allow ${count}`;
  return new DbsyncError('VERIFY_TOO_MANY_GONE', message);
}
