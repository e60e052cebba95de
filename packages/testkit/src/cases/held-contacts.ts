import assert from 'node:assert/strict';
import type { ContactAtVersion, ContactTree, Mirroring } from '@dbsync/core/contract';
import { type CaseBench, STREAM, type Writer } from '../case-bench.js';
import { sampleContact } from '../samples/sample-contacts.js';
import { type StoreCase, storeCase } from '../store-case.js';

/** A contact that names its campaign. */
export function contactOf(stream: string, contactId: string): ContactTree {
  const tree = sampleContact(contactId);
  return { ...tree, values: { ...tree.values, $campaign_id: stream } };
}

export function own(contactId: string): ContactTree {
  return contactOf(STREAM, contactId);
}

export function mirroringCase(name: string, check: (bench: CaseBench) => Promise<void>): StoreCase {
  return storeCase(name, check, 'mirroring');
}

export function mirroringOf({ sink }: Writer): Mirroring {
  assert.ok(sink.mirroring, 'the sink has mirroring');
  return sink.mirroring;
}

/** Returns all contacts that the stream holds, three at a time. */
export async function listHeld({ options }: CaseBench, writer: Writer) {
  const mirroring = mirroringOf(writer);
  const first = await mirroring.listHeld(writer.claim, { ...options, limit: 3 });
  const held = [...first];
  for (let page = first; page.length === 3; held.push(...page)) {
    const after = page.at(-1)?.contactId ?? '';
    page = await mirroring.listHeld(writer.claim, { ...options, limit: 3, after });
    assert.ok(held.length < 100, 'the pages end');
  }
  return held;
}

export function isContact(id: string) {
  return ({ contactId }: ContactAtVersion) => contactId === id;
}
