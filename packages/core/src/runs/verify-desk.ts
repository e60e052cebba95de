import { type Difference, type ExpectedContact, fieldOf, isFields, type Verifying } from '../contract/index.js';
import type { ApiClient } from '../fetch/api-client.js';
import type { TreeOptions } from '../transform/contact-to-tree.js';
import type { CallsLook } from './compare-calls.js';
import type { CellsLook } from './compare-cells.js';
import type { RunContext, RunSettings } from './run-settings.js';

/** The things that all parts of a comparison use. */
export interface VerifyDesk {
  readonly settings: RunSettings;
  readonly context: Pick<RunContext, 'clock' | 'signal' | 'observe' | 'transport'>;
  readonly api: ApiClient;
  readonly verifying: Verifying;
  /** The plans that rows may be written under: those of the last complete listing and of the holder. */
  readonly plans: readonly string[];
  /** How bodies become trees: as in a run with these settings. */
  readonly records: TreeOptions;
  /** Shortens a value for people. Secrets are masked before. */
  show(value: string): string;
}

/** A contact that differed, with the campaign's md5 at that time. */
export interface Suspect extends Difference {
  readonly md5: string | null;
}

/** The differences that the first look found. */
export interface FirstLook {
  readonly contacts: number;
  /** A contact that the campaign has; null: none was seen. */
  readonly present: string | null;
  readonly suspects: readonly Suspect[];
  /** Stored contacts that the listing lacked, or that have no body. */
  readonly maybeGone: readonly string[];
  /** Rows and cells that differed; null: they were not looked at. */
  readonly cells: CellsLook | null;
  readonly calls: CallsLook;
  /** The API's time after the last answer. */
  readonly seenAt: string;
}

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

/** Returns the contacts of which the API has a body, with its md5, and the others. */
export async function askForBodies({ api, context }: VerifyDesk, contactIds: readonly string[]) {
  const bodies: ExpectedContact[] = [];
  const missing: string[] = [];
  if (contactIds.length === 0) return { bodies, missing };
  for await (const fetched of api.contactBodies(contactIds, { signal: context.signal })) {
    if (fetched.kind === 'missing') missing.push(fetched.id);
    if (fetched.kind !== 'body') continue;
    const md5 = isFields(fetched.body) ? fieldOf(fetched.body, '$md5') : null;
    bodies.push({ id: fetched.id, md5: typeof md5 === 'string' ? md5 : null });
  }
  return { bodies, missing };
}
