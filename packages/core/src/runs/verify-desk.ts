import {
  type Difference,
  type ExpectedContact,
  fieldOf,
  type InboundCall,
  isFields,
  type Verifying,
} from '../contract/index.js';
import type { ApiClient } from '../fetch/api-client.js';
import type { TreeOptions } from '../transform/contact-to-tree.js';
import { type LetterHead, storedDeadLetterPages } from './dead-letter-pages.js';
import type { RunContext, RunSettings } from './run-settings.js';

/** The clients and settings that all parts of a comparison use. */
export interface VerifyDesk {
  readonly settings: RunSettings;
  readonly context: Pick<RunContext, 'clock' | 'signal' | 'observe' | 'transport'>;
  readonly api: ApiClient;
  readonly verifying: Verifying;
  /** The plans that rows may be written under: those of the last complete listing and of the holder. */
  readonly plans: readonly string[];
  /** The rules by which bodies become trees: as in a run with these settings. */
  readonly records: TreeOptions;
  /** Returns whether an inbound call is compared. Absent: all are. */
  readonly comparesCall?: ((call: InboundCall) => boolean) | undefined;
  /** Shortens a value for people. Secrets are masked before. */
  show(value: string): string;
}

/** A contact that differed, with the campaign's md5 at that time. */
export interface Suspect extends Difference {
  readonly md5: string | null;
}

/** The pause before each look: a replica of the API, or a write that is under way, may be behind. */
export const PAUSE_MS = 1_000;
const CHUNK = 1_000;

/** Compares these contacts, a thousand at a time. */
export async function compareAll(
  { verifying, settings, context, plans }: VerifyDesk,
  contacts: readonly ExpectedContact[],
): Promise<readonly Suspect[]> {
  const suspects: Suspect[] = [];
  for (let start = 0; start < contacts.length; start += CHUNK) {
    const chunk = contacts.slice(start, start + CHUNK);
    const md5s = new Map(chunk.map(({ id, md5 }) => [id, md5]));
    const found: readonly Difference[] = await verifying.compare(settings.campaign, chunk, {
      signal: context.signal,
      plans,
    });
    for (const difference of found) suspects.push({ ...difference, md5: md5s.get(difference.contactId) ?? null });
  }
  return suspects;
}

/**
 * Returns the contacts of which the API has a body, with its md5, those that it lacks, and those that it failed to give.
 *
 * @param insist asks again for contacts that failed a moment ago; without it they fail at once, without a request
 */
export async function askForBodies({ api, context }: VerifyDesk, contactIds: readonly string[], insist = false) {
  const bodies: ExpectedContact[] = [];
  const missing: string[] = [];
  const failed: string[] = [];
  if (contactIds.length === 0) return { bodies, missing, failed };
  for await (const fetched of api.contactBodies(contactIds, { signal: context.signal, insist })) {
    if (fetched.kind === 'missing') missing.push(fetched.id);
    if (fetched.kind === 'failed') failed.push(fetched.id);
    if (fetched.kind !== 'body') continue;
    const md5 = isFields(fetched.body) ? fieldOf(fetched.body, '$md5') : null;
    bodies.push({ id: fetched.id, md5: typeof md5 === 'string' ? md5 : null });
  }
  return { bodies, missing, failed };
}

/** Returns what this function takes from the dead letters of the stream; it returns null for those of no interest. */
export async function pickFromDeadLetters(
  { settings, context }: VerifyDesk,
  pick: (letter: LetterHead) => string | null,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const page of storedDeadLetterPages(settings.sink.store, settings.campaign, context.signal)) {
    for (const letter of page) {
      const picked = pick(letter);
      if (picked !== null) found.add(picked);
    }
  }
  return found;
}
