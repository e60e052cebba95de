import { describe, expect, it } from 'vitest';
import { applyChange, type ContactChange, type ContactChangeKind } from './contact-changes.js';
import { connectionSlots, parseRecord, recordingSlots, transactionSlots } from './contact-record.js';
import { contactText } from './contact-text.js';
import { customFields } from './custom-fields.js';
import type { JsonObject } from './json.js';

const AT = '2026-02-01T10:00:00.000Z';
const FIRED = ['2026-01-01T10:00:00.000Z', '2026-01-01T11:00:00.000Z', '2026-01-02T10:00:00.000Z'];

function contact(): JsonObject {
  const source = {
    id: 'A1',
    md5: null,
    campaign: 'C',
    fields: customFields(3),
    createdMs: 0,
    firedMs: FIRED.map(Date.parse),
  };
  return parseRecord(contactText(source, 11));
}

function change(
  record: JsonObject,
  kind: ContactChangeKind,
  seed = 1,
  field: ContactChange['field'] = null,
): JsonObject {
  applyChange(record, { kind, atMs: Date.parse(AT), seed, field });
  return record;
}

const fired = (record: JsonObject) => transactionSlots(record).map((slot) => slot.record.fired);
const connections = (record: JsonObject) =>
  transactionSlots(record).flatMap((transaction) => connectionSlots(transaction.record).map((slot) => slot.record));
const recordings = (record: JsonObject) =>
  connections(record).flatMap((c) => recordingSlots(c).map((slot) => slot.record));

describe('applyChange', () => {
  const kinds = [
    'transaction',
    'twin',
    'call-ends',
    'recording-located',
    'late-change',
    'edit',
    'vanish-child',
  ] as const;

  it.each(kinds)('%s always does the same, and never nothing', (kind) => {
    for (let seed = 0; seed < 50; seed++) {
      const once = change(contact(), kind, seed);
      expect(once).toEqual(change(contact(), kind, seed));
      expect(once).not.toEqual(contact());
    }
  });

  it('a transaction is fired now', () => {
    const changed = change(contact(), 'transaction');
    expect(fired(changed).toSorted()).toEqual([...FIRED, AT]);
    expect(changed.$entry_date).toBe(AT);
  });

  it('a transaction finds a contact without a log', () => {
    expect(fired(change({ $id: 'A1', $task_log: null }, 'transaction'))).toEqual([AT]);
  });

  it('a twin is fired with another, has connections of its own, and sometimes comes before it', () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 30; seed++) {
      const changed = change(contact(), 'twin', seed);
      const ids = connections(changed).map(({ id }) => id);
      expect(new Set(fired(changed)).size).toBe(3);
      expect(fired(changed)).toHaveLength(4);
      expect(new Set(ids).size).toBe(ids.length);
      const twin = transactionSlots(changed).find(({ record }) => record.status_detail === 'twin')?.record;
      const elder = transactionSlots(changed).find(
        ({ record }) => record !== twin && record.fired === twin?.fired,
      )?.record;
      orders.add(String(Number(twin?.sequence_nr) < Number(elder?.sequence_nr)));
    }
    expect([...orders].toSorted()).toEqual(['false', 'true']);
  });

  it('an open call ends, then its recording is located', () => {
    const changed = contact();
    for (let seed = 0; connections(changed).every((c) => 'disconnected' in c); seed++)
      change(changed, 'transaction', seed);
    const before = recordings(changed).length;
    const open = connections(changed).find((c) => !('disconnected' in c));
    change(changed, 'call-ends');
    expect(open).toMatchObject({ disconnected: AT, ended: AT });
    expect(recordings(changed)).toHaveLength(before + 1);
    const waiting = recordings(changed).find((r) => !('location' in r));
    change(changed, 'recording-located');
    expect(waiting?.location).toMatch(/^https:/);
  });

  it('a late change leaves every transaction in its place', () => {
    for (let seed = 0; seed < 20; seed++)
      expect(fired(change(contact(), 'late-change', seed))).toEqual(fired(contact()));
  });

  it('an edit touches no transaction and sets the field', () => {
    const changed = change(contact(), 'edit', 1, { name: '__proto__', type: 'text' });
    expect(changed.$task_log).toEqual(contact().$task_log);
    expect(Object.hasOwn(changed, '__proto__')).toBe(true);
  });

  it('an edit can take a field away', () => {
    const withField = Array.from({ length: 40 }, (_, seed) =>
      change(contact(), 'edit', seed, { name: 'city', type: 'text' }),
    );
    expect(contact()).toHaveProperty('city');
    expect(withField.some((changed) => !Object.hasOwn(changed, 'city'))).toBe(true);
  });

  it('a child vanishes, and nothing else', () => {
    const kindsGone = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const [before, after] = [contact(), change(contact(), 'vanish-child', seed)];
      if (fired(after).length < fired(before).length) kindsGone.add('transaction');
      else if (connections(after).length < connections(before).length) kindsGone.add('connection');
      else if (recordings(after).length === recordings(before).length - 1) kindsGone.add('recording');
      else kindsGone.add('nothing');
    }
    expect([...kindsGone].toSorted()).toEqual(['connection', 'recording', 'transaction']);
  });
});
