import type { ExpectedContact, Progress } from '../contract/index.js';
import { createListedContacts, type ListedContacts } from '../discover/listed-contacts.js';
import { changedSinceDay, toInstant } from '../discover/window.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import { readCopy } from './copy-state.js';
import { createRunApi } from './run-api.js';
import type { RunSettings } from './run-settings.js';
import { type ConfirmedDifferences, secondLook } from './second-look.js';
import { askForBodies, compareAll, type FirstLook, type Suspect, type VerifyDesk } from './verify-desk.js';

/** The part of a copy to compare, and a callback for the progress. */
export interface VerifyOptions {
  /** Only these contacts. Null: all that the copy should hold. */
  readonly contactIds: readonly string[] | null;
  onProgress(progress: VerifyProgress): void;
}

/** The progress of a comparison. */
export interface VerifyProgress {
  /** `compare`: contacts are compared; `confirm`: each difference is looked at again. */
  readonly step: 'compare' | 'confirm';
  readonly contacts: number;
  /** About how many contacts there are: the stored ones. Null: not known. */
  readonly of: number | null;
}

/** The result of a comparison. */
export interface VerifyReport extends ConfirmedDifferences {
  /** Contacts that were compared. */
  readonly contacts: number;
  /** The start of the copy's data; null: all contacts. Contacts that are gone upstream are searched only then. */
  readonly since: string | null;
  /** False: the API changed contacts below an unchanged md5 (R8), so a difference may stay hidden. */
  readonly md5Proves: boolean;
}

const CHUNK = 1_000;

/**
 * Compares a copy with the campaign, by the md5s of a listing, the proofs of the rows (R16), and the ids below each contact
 * (R16b). It needs no claim and changes nothing. A difference counts only if a second look finds it too. The store must be open.
 */
export async function verifyCopy(
  settings: RunSettings,
  context: VerifyDesk['context'],
  options: VerifyOptions,
): Promise<VerifyReport> {
  const { signal } = context;
  const { store, target } = settings.sink;
  const { verifying } = store;
  if (verifying === undefined) throw new DbsyncError('VERIFY_UNFIT', `The sink of ${target} cannot compare its rows.`);
  const { progress, heldBy } = await readCopy(settings, signal);
  const plans = [...new Set([progress.plan, heldBy?.plan ?? null])].filter((plan) => plan !== null);
  const api = createRunApi(settings, context);
  try {
    const desk = { settings, context, api, verifying, plans };
    const seen = await firstLook(desk, progress, options);
    options.onProgress({ step: 'confirm', contacts: seen.suspects.length, of: null });
    const confirmed = await secondLook(desk, seen);
    return { ...confirmed, contacts: seen.contacts, since: progress.since, md5Proves: progress.md5Proves };
  } finally {
    api.close();
  }
}

async function firstLook(desk: VerifyDesk, { since }: Progress, options: VerifyOptions): Promise<FirstLook> {
  const { api, context } = desk;
  if (options.contactIds !== null) return lookAtContacts(desk, options.contactIds);
  const { settings, verifying } = desk;
  const of = since === null ? await verifying.countStored(settings.campaign, { signal: context.signal }) : null;
  const listed = createListedContacts();
  const suspects: Suspect[] = [];
  let isWhole = true;
  const pages = api.contactPages({
    changedSince: since === null ? null : changedSinceDay(since, 1),
    signal: context.signal,
    onPartial: () => {
      isWhole = false;
    },
    onUnreadable: async () => {},
  });
  let comparing: Promise<void> = Promise.resolve();
  for await (const page of pages) {
    const fresh = page.filter((contact) => listed.add(contact));
    await comparing;
    options.onProgress({ step: 'compare', contacts: listed.size, of });
    comparing = compareInto(suspects, desk, fresh);
    comparing.catch(() => {});
  }
  await comparing;
  if (!isWhole) throw new DbsyncError('VERIFY_LISTING_PARTIAL', 'The list of contacts could not be read to its end.');
  const maybeGone = since === null ? await storedBeside(desk, listed) : [];
  return { contacts: listed.size, suspects, maybeGone, seenAt: toInstant(api.now()) };
}

async function compareInto(suspects: Suspect[], desk: VerifyDesk, page: readonly ExpectedContact[]): Promise<void> {
  for (const found of await compareAll(desk, page)) suspects.push(found);
}

async function storedBeside({ verifying, settings, context }: VerifyDesk, listed: ListedContacts) {
  const beside: string[] = [];
  let after: string | undefined;
  do {
    const options = { signal: context.signal, limit: CHUNK, ...(after === undefined ? {} : { after }) };
    const page = await verifying.listStored(settings.campaign, options);
    beside.push(...page.filter((id) => !listed.has(id)));
    after = page.length < CHUNK ? undefined : page.at(-1);
  } while (after !== undefined);
  return beside;
}

/** Compares contacts by their bodies, since a listing names all contacts or none. */
async function lookAtContacts(desk: VerifyDesk, contactIds: readonly string[]): Promise<FirstLook> {
  const { bodies, missing } = await askForBodies(desk, contactIds);
  const suspects = await compareAll(desk, bodies);
  return { contacts: contactIds.length, suspects, maybeGone: missing, seenAt: toInstant(desk.api.now()) };
}
