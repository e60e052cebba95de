import { randomUUID } from 'node:crypto';
import type { DropGoneRequest, Operator } from '../contract/index.js';
import { mostMissed } from '../discover/missed-contacts.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import { checkedRequest } from './checked-request.js';
import { readCopy, refuseOtherPlan } from './copy-state.js';
import { chunksOf } from './refetch-contacts.js';
import { createRunApi } from './run-api.js';
import type { RunContext, RunSettings } from './run-settings.js';
import { untilAnswered } from './until-answered.js';
import type { VerifyReport } from './verify-copy.js';

/** The contacts that `--drop-gone` is about. */
export interface GoneContacts {
  /** Contacts to delete, with all their rows, as far as the API lacks them. */
  readonly gone: readonly string[];
  /** Other contacts, which rows without a parent name: only these rows are deleted. */
  readonly named: readonly string[];
  /** All of these contacts. */
  readonly contactIds: readonly string[];
  /** The rows without a parent that name a contact. */
  readonly orphans: number;
  /** The number of contacts that may be named without a number that an operator gives. */
  readonly most: number;
}

/** Returns what a comparison found that the API may no longer have. */
export function goneContacts({ gone, orphans, stored }: VerifyReport): GoneContacts {
  const ofOrphans = orphans.map(({ contactId }) => contactId).filter((id) => id !== null);
  const isGone = new Set(gone);
  const named = [...new Set(ofOrphans)].filter((id) => !isGone.has(id));
  return { gone, named, contactIds: [...gone, ...named], orphans: ofOrphans.length, most: mostMissed(stored) };
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
  const { gone, named, contactIds, most } = goneContacts(report);
  if (sink.store.mirroring === undefined)
    throw new DbsyncError('VERIFY_UNFIT', `The sink of ${sink.target} cannot delete contacts.`);
  if (contactIds.length > (allowed ?? most)) throw tooMany(contactIds.length, report, most);
  const present = report.present ?? (await listedBeside(settings, context, new Set(contactIds)));
  if (present === null) {
    throw new DbsyncError('VERIFY_TOO_MANY_GONE', 'The API lists no contact at all, so dbsync deletes none.');
  }
  const copy = await readCopy(settings, context.signal);
  if (copy.heldBy === null) refuseOtherPlan(settings, copy);
  const requests: DropGoneRequest[] = [];
  const add = async (ids: readonly string[], scope: Pick<DropGoneRequest, 'orphansOnly'>) => {
    for await (const chunk of chunksOf(ids)) {
      const key = `drop-gone-${randomUUID()}`;
      requests.push(checkedRequest({ key, kind: 'drop-gone', contactIds: chunk, present, ...scope }));
    }
  };
  await add(gone, {});
  await add(named, { orphansOnly: true });
  for (const request of requests) await sink.store.postRequest(campaign, request, { signal: context.signal, by });
  const keys = requests.map(({ key }) => key);
  return untilAnswered(settings, context, openAgain, keys, () => {});
}

/**
 * Returns a contact that the campaign has, beside those that are to be deleted. A comparison of contacts that are gone saw none.
 */
async function listedBeside(
  settings: RunSettings,
  context: RunContext,
  gone: ReadonlySet<string>,
): Promise<string | null> {
  const api = createRunApi(settings, context);
  try {
    const listing = api.contactPages({ changedSince: null, signal: context.signal, onUnreadable: async () => {} });
    for await (const page of listing) {
      const other = page.find(({ id }) => !gone.has(id));
      if (other !== undefined) return other.id;
    }
    return null;
  } finally {
    api.close();
  }
}

function tooMany(count: number, { stored }: VerifyReport, most: number): DbsyncError {
  const message = `The campaign lacks ${count} of ${stored} stored contacts, more than the ${most} that may be deleted at once. If they were deleted on purpose: --allow ${count}`;
  return new DbsyncError('VERIFY_TOO_MANY_GONE', message);
}
