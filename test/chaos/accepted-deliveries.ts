import { canonicalJson, type Json } from '@dbsync/core/contract';
import type { Simulator } from '@dbsync/simulator';
import { parseExact } from '../harness/compare/exact-json.ts';
import { createUpstreamClient } from '../harness/upstream-client.ts';
import { isRefused } from './refused-contacts.ts';
import type { WebhookKillsResult } from './webhook-kills.ts';

/** A request that the receiver had on its disk before it answered. */
export interface AcceptedDelivery {
  /** The header `webhook-id`. */
  readonly id: string;
  /** `lost`: the caller never got the answer. */
  readonly end: 'answered' | 'lost';
  readonly body: string;
}

interface Transaction {
  readonly [field: string]: Json;
}

const CONTACTS_AT_ONCE = 100;

/**
 * Compares the accepted deliveries with the API's present state: every transaction since then in its last state, each
 * version under one id only, `new` until it was accepted, and those of one contact in the order they were fired.
 *
 * @param refusedBodies the kept bodies of messages that were refused for good; null: the receiver refuses no contact
 */
export async function flawsOf(
  deliveries: readonly AcceptedDelivery[],
  refusedBodies: readonly string[] | null,
  { simulator, since }: { readonly simulator: Simulator; readonly since: string },
): Promise<WebhookKillsResult> {
  const refused = refusedBodies?.map(messageOf) ?? null;
  const received = deliveries.map(({ id, end, body }) => ({ id, end, ...messageOf(body) }));
  const accepted = Map.groupBy(received, ({ key }) => key);
  const truth = await readTruth(simulator, since);
  const flaws = [...Map.groupBy(truth, ({ key }) => key)].flatMap(([key, wanted]) => {
    const versions = accepted.get(key) ?? [];
    if (refused && isRefused(key.split(' ')[0] ?? '')) return flawsOfRefused(key, wanted, refused, versions.length);
    // Twins that have every distinguishing field in common are several transactions of one key.
    if (wanted.length === 1)
      return [...flawsOfLast(key, versions, wanted[0]?.content), ...flawsOfVersions(key, versions)];
    const lost = wanted.filter(({ content }) => versions.every((version) => version.content !== content));
    return lost.map(({ content }) => `${key} was never accepted as ${content}`);
  });
  return { flaws, deliveries: deliveries.length, transactions: truth.length, refused: refused?.length ?? 0 };
}

/** Checks that each version of a refused contact is kept as a dead letter, the last one among them. */
function flawsOfRefused(
  key: string,
  wanted: readonly { readonly content: string }[],
  refused: readonly Kept[],
  accepted: number,
): string[] {
  const kept = new Set(refused.filter((letter) => letter.key === key).map(({ content }) => content));
  const lost = wanted.filter(({ content }) => !kept.has(content));
  return [
    ...(accepted === 0 ? [] : [`${key} was accepted, though its contact is refused`]),
    ...lost.map(({ content }) => `${key} is no dead letter as ${content}`),
  ];
}

type Kept = ReturnType<typeof messageOf>;

function flawsOfLast(key: string, versions: readonly Received[], content: string | undefined): string[] {
  const last = versions.at(-1);
  if (last === undefined) return [`${key} was never accepted`];
  return last.content === content ? [] : [`${key} was accepted last as ${last.content}, and is ${content}`];
}

type Received = ReturnType<typeof messageOf> & Pick<AcceptedDelivery, 'id' | 'end'>;

function flawsOfVersions(key: string, versions: readonly Received[]): string[] {
  const flaws: string[] = [];
  const ids = new Set<string>();
  let before: Received | undefined;
  for (const version of versions) {
    const isRepeated = ids.has(version.id);
    if (isRepeated && version.id !== before?.id) flaws.push(`${key}: an older version came again behind a newer one`);
    if (!isRepeated && version.content === before?.content) flaws.push(`${key}: one version came under two ids`);
    if (!isRepeated && version.state !== (before === undefined ? 'new' : 'updated')) {
      const isExcused = before !== undefined && versions.every(({ end, id }) => end === 'lost' || id === version.id);
      if (!isExcused) flaws.push(`${key}: ${version.state} is wrong behind ${ids.size} versions`);
    }
    ids.add(version.id);
    before = version;
  }
  return flaws;
}

function messageOf(body: string) {
  const { contact, transaction, state } = parseExact(body) as unknown as {
    readonly contact: Transaction;
    readonly transaction: Transaction;
    readonly state: string;
  };
  return { key: keyOf(contact, transaction), content: canonicalJson(transaction), state };
}

/** Returns a key that tells a transaction from others of its contact, whatever changes in it. */
function keyOf({ $id }: Transaction, { fired, sequence_nr = null }: Transaction): string {
  return `${$id} ${fired} ${sequence_nr}`;
}

async function readTruth(simulator: Simulator, since: string) {
  const truth: { readonly key: string; readonly content: string }[] = [];
  const client = createUpstreamClient(simulator);
  const listed = await client.all<{ readonly id: string }>('contacts/list?limit=1000');
  for (let at = 0; at < listed.length; at += CONTACTS_AT_ONCE) {
    const ids = listed.slice(at, at + CONTACTS_AT_ONCE).map(({ id }) => id);
    const answer = await client.request('contacts/?include_md5=true', { method: 'POST', body: JSON.stringify(ids) });
    const bodies = parseExact(await answer.text()) as unknown as readonly Transaction[];
    for (const contact of bodies) {
      for (const task of (contact.$task_log ?? []) as unknown as readonly Transaction[]) {
        for (const transaction of (task.transactions ?? []) as unknown as readonly Transaction[]) {
          if (typeof transaction.fired !== 'string' || transaction.fired < since) continue;
          truth.push({ key: keyOf(contact, transaction), content: canonicalJson(transaction) });
        }
      }
    }
  }
  return truth;
}
