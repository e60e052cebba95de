import type { ExpectedContact, InboundCall, Progress } from '../contract/index.js';
import { createListedContacts, type ListedContacts } from '../discover/listed-contacts.js';
import { changedSinceDay, toInstant } from '../discover/window.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import { type CallStretch, compareCalls, NO_CALLS } from './compare-calls.js';
import { type CellsLook, compareCells } from './compare-cells.js';
import { readCopy, refuseOtherFieldRules, refuseOtherPlan } from './copy-state.js';
import type { FirstLook } from './first-look.js';
import { chunksOf } from './refetch-contacts.js';
import { createRunApi } from './run-api.js';
import type { RunSettings } from './run-settings.js';
import { type ConfirmedDifferences, secondLook } from './second-look.js';
import { askForBodies, compareAll, PAUSE_MS, type Suspect, type VerifyDesk } from './verify-desk.js';

/** The part of a copy to compare, and a callback for the progress. */
export interface VerifyOptions {
  /** Only these contacts, and the inbound calls of this stretch, if any. Null: all that the copy is to hold. */
  readonly only: VerifiedPart | null;
  /** Names only rows without a parent that name one of these contacts. Absent: all. */
  readonly orphansOf?: readonly string[];
  /** Compares each cell and row with the bodies of the contacts too. */
  readonly deep: boolean;
  /** Shortens a value for people. Secrets are masked before. */
  show(value: string): string;
  onProgress(progress: VerifyProgress): void;
}

/** The contacts and inbound calls that are compared. */
export interface VerifiedPart {
  readonly contactIds: readonly string[];
  /** Null: no inbound calls. */
  readonly calls: CallStretch | null;
  /** Returns whether a call of the stretch is compared. Absent: all are. */
  readonly comparesCall?: (call: InboundCall) => boolean;
}

/** The progress of a comparison. */
export interface VerifyProgress {
  /**
   * `compare`: contacts are compared; `calls`: inbound calls are; `cells`: contacts are compared with their bodies; `confirm`: each
   * difference is looked at again; `wait`: it waits until the process that holds the campaign has read on.
   */
  readonly step: 'compare' | 'calls' | 'cells' | 'confirm' | 'wait';
  /** Contacts, calls or differences so far. */
  readonly done: number;
  /** About how many there are: the stored ones. Null: not known. */
  readonly of: number | null;
}

/** The result of a comparison. */
export interface VerifyReport extends ConfirmedDifferences {
  /** Contacts that were compared. */
  readonly contacts: number;
  /** About how many contacts the copy holds. */
  readonly stored: number;
  /** A contact that the campaign has. Null: it has none, or it was not asked. */
  readonly present: string | null;
  /** Inbound calls that were compared; null: none was to be. */
  readonly calls: number | null;
  /** The start of the copy's data; null: all contacts. Contacts that are gone upstream are searched only then. */
  readonly since: string | null;
  /** False: the API changed contacts below an unchanged md5 (R8), so a difference may stay hidden. */
  readonly md5Proves: boolean;
  /** True where the first copy was still being loaded, or its keys were built: contacts that are missing come yet (R20). */
  readonly isLoading?: true;
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
  const copy = await readCopy(settings, signal);
  const { progress, heldBy } = copy;
  if (options.deep) refuseOtherPlan(settings, copy);
  else if (options.only === null || options.only.calls !== null) refuseOtherFieldRules(settings, copy);
  const plans = [...new Set([progress.plan, heldBy?.plan ?? null])].filter((plan) => plan !== null);
  const api = createRunApi(settings, context);
  try {
    const { campaign: stream, filter, fields = null } = settings;
    const records = { stream, filter, fields, now: () => toInstant(api.now()) };
    const comparesCall = options.only?.comparesCall;
    const desk = { settings, context, api, verifying, plans, records, comparesCall, show: options.show };
    const seen = await firstLook(desk, progress, options);
    const found = differencesIn(seen);
    if (found > 0) options.onProgress({ step: 'confirm', done: found, of: null });
    const onWait = (done: number) => options.onProgress({ step: 'wait', done, of: null });
    const { md5Proves, since } = progress;
    const confirmed = await secondLook(desk, seen, { md5Proves, orphansOf: options.orphansOf ?? null, onWait });
    const calls = options.only === null || comparesCall !== undefined ? seen.calls.calls : null;
    const stored = await verifying.countStored(stream, { signal });
    const { contacts, present } = seen;
    const load = copy.isLoading ? ({ isLoading: true } as const) : {};
    return { ...confirmed, contacts, stored, present, calls, since, md5Proves, ...load };
  } finally {
    api.close();
  }
}

function differencesIn({ suspects, cells, calls }: FirstLook): number {
  return suspects.length + (cells?.rows.length ?? 0) + calls.differing.length;
}

async function firstLook(desk: VerifyDesk, { since }: Progress, options: VerifyOptions): Promise<FirstLook> {
  if (options.only !== null) return lookAtThese(desk, options.only, options);
  const { listed, suspects } = await compareListed(desk, since, options);
  const maybeGone = since === null ? await storedBeside(desk, listed) : [];
  const calls = await compareCalls(desk, { fromMs: since === null ? null : Date.parse(since) }, callsShown(options));
  const cells = options.deep ? await lookAtCells(desk, idsOf(listed), listed.size, options) : null;
  const present = listed.chunks(1).next().value?.[0]?.id ?? null;
  const found = { contacts: listed.size, present, maybeGone, unfetched: [], calls, cells, seenMs: desk.api.now() };
  return { ...found, suspects: newestOf(suspects, cells?.suspects ?? []) };
}

function callsShown({ onProgress }: VerifyOptions) {
  return (done: number) => onProgress({ step: 'calls', done, of: null });
}

async function compareListed(desk: VerifyDesk, since: string | null, options: VerifyOptions) {
  const { api, context, settings, verifying } = desk;
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
    options.onProgress({ step: 'compare', done: listed.size, of });
    comparing = compareInto(suspects, desk, fresh);
    comparing.catch(() => {});
  }
  await comparing;
  if (!isWhole) throw new DbsyncError('VERIFY_LISTING_PARTIAL', 'The list of contacts could not be read to its end.');
  return { listed, suspects };
}

function* idsOf(listed: ListedContacts): Generator<string> {
  for (const chunk of listed.chunks(CHUNK)) for (const { id } of chunk) yield id;
}

function lookAtCells(
  desk: VerifyDesk,
  ids: Iterable<string>,
  of: number,
  { onProgress }: VerifyOptions,
): Promise<CellsLook> {
  let done = 0;
  return compareCells(desk, ids, (contacts) => {
    done += contacts;
    onProgress({ step: 'cells', done, of });
  });
}

/** A body is newer than the listing before it. */
function newestOf(listed: readonly Suspect[], ofBodies: readonly Suspect[]): readonly Suspect[] {
  return [...new Map([...listed, ...ofBodies].map((suspect) => [suspect.contactId, suspect])).values()];
}

async function compareInto(suspects: Suspect[], desk: VerifyDesk, page: readonly ExpectedContact[]): Promise<void> {
  for (const found of await compareAll(desk, page)) suspects.push(found);
}

async function storedBeside(desk: VerifyDesk, listed: ListedContacts): Promise<readonly string[]> {
  const beside: string[] = [];
  for await (const page of storedPages(desk, {})) beside.push(...page.filter((id) => !listed.has(id)));
  return beside;
}

/** Returns those of the contacts that have a row of this stream: forgotten ones and those of other streams have none. */
async function storedAmong(desk: VerifyDesk, contactIds: readonly string[]): Promise<readonly string[]> {
  const stored: string[] = [];
  for await (const chunk of chunksOf(contactIds)) {
    const isAsked = new Set(chunk);
    for await (const page of storedPages(desk, { contactIds: chunk })) {
      stored.push(...page.filter((id) => isAsked.has(id)));
    }
  }
  return stored;
}

async function* storedPages(
  { verifying, settings, context }: VerifyDesk,
  only: { readonly contactIds?: readonly string[] },
): AsyncGenerator<readonly string[]> {
  let after: string | undefined;
  do {
    const options = { signal: context.signal, limit: CHUNK, ...only, ...(after === undefined ? {} : { after }) };
    const page = await verifying.listStored(settings.campaign, options);
    yield page;
    after = page.length < CHUNK ? undefined : page.at(-1);
  } while (after !== undefined);
}

/** Compares contacts by their bodies, since a listing names all contacts or none. */
async function lookAtThese(
  desk: VerifyDesk,
  { contactIds, calls: stretch }: VerifiedPart,
  options: VerifyOptions,
): Promise<FirstLook> {
  const { bodies, missing, failed } = await askTwice(desk, contactIds);
  const found = await compareAll(desk, bodies);
  const present = bodies.map(({ id }) => id);
  const cells = options.deep ? await lookAtCells(desk, present, present.length, options) : null;
  const suspects = newestOf(found, cells?.suspects ?? []);
  const calls = stretch === null ? NO_CALLS : await compareCalls(desk, stretch, callsShown(options));
  return {
    contacts: contactIds.length,
    present: present[0] ?? null,
    suspects,
    maybeGone: await storedAmong(desk, missing),
    unfetched: failed,
    calls,
    cells,
    seenMs: desk.api.now(),
  };
}

/** Asks once more for contacts that the API failed to give. */
async function askTwice(desk: VerifyDesk, contactIds: readonly string[]) {
  const first = await askForBodies(desk, contactIds);
  if (first.failed.length === 0) return first;
  await desk.context.clock.sleep(PAUSE_MS, desk.context.signal);
  const { bodies, missing, failed } = await askForBodies(desk, first.failed, true);
  return { bodies: [...first.bodies, ...bodies], missing: [...first.missing, ...missing], failed };
}
