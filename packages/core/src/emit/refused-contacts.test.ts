import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Batch, type ContactTree, type DeadLetter, SinkError } from '../contract/index.js';
import { NOTHING_WRITTEN, writeIsolating } from './refused-contacts.js';

const context = { stream: 'S', now: () => '2026-01-01T00:00:00.000Z' };

function treeOf(contactId: string): ContactTree {
  return {
    contactId,
    md5: 'm',
    values: { $id: contactId },
    transactions: [],
    formerIds: [],
    supersedes: [],
    deadLetters: [],
  };
}

function batchOf(ids: readonly string[], calls: readonly string[] = []): Batch {
  return {
    contacts: ids.map(treeOf),
    inboundCalls: calls.map((id) => ({ id, values: { id } })),
    deadLetters: [],
    settled: ['request'],
  };
}

function letterOf(contactId: string, body: string): DeadLetter {
  const failure = { md5: null, code: 'TEST', reason: 'no', firstSeenAt: context.now(), attempts: 1 };
  return { key: contactId, kind: 'contact', contactId, body, ...failure };
}

/** A store that refuses these ids, naming them or not, and keeps what it accepted. */
function picky(refused: ReadonlySet<string>, names: boolean) {
  const accepted: Batch[] = [];
  const write = async (batch: Batch) => {
    const ids = [...batch.contacts.map((tree) => tree.contactId), ...batch.inboundCalls.map((call) => call.id)];
    const bad = ids.filter((id) => refused.has(id));
    if (bad.length > 0) {
      const details = { verdict: 'refused', outcome: 'not-committed' } as const;
      throw new SinkError('TEST_REFUSED', 'no', names ? { ...details, refusedContactIds: bad } : details);
    }
    accepted.push(batch);
    return { ...NOTHING_WRITTEN, inserted: ids.length };
  };
  return { accepted, write };
}

it('writes all but the refused, each of which is a dead letter with its body, and settles with the last part', async () => {
  const ids = fc.uniqueArray(fc.stringMatching(/^[A-F]{1,2}$/), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(ids, fc.uniqueArray(fc.stringMatching(/^[A-F]{1,2}$/)), fc.boolean(), async (all, bad, names) => {
      const store = picky(new Set(bad), names);
      const calls = all.map((id) => `call ${id}`);
      const result = await writeIsolating(batchOf(all, calls), store.write, context);
      const good = all.filter((id) => !bad.includes(id));
      expect(store.accepted.flatMap((batch) => batch.contacts.map((tree) => tree.contactId)).sort()).toEqual(
        good.sort(),
      );
      expect(result.inserted).toBe(good.length + calls.length);
      const dead = store.accepted.flatMap((batch) => batch.deadLetters);
      expect(dead.map((letter) => letter.contactId).sort()).toEqual(all.filter((id) => bad.includes(id)).sort());
      for (const letter of dead) expect(JSON.parse(letter.body)).toEqual({ $id: letter.contactId });
      const settling = store.accepted.map((batch) => batch.settled.length > 0);
      expect(settling.indexOf(true)).toBe(settling.length - 1);
    }),
  );
});

it('keeps a dead letter without its body where the store refuses that too, and the others with theirs', async () => {
  const accepted: Batch[] = [];
  const write = async (batch: Batch) => {
    const isTooLong = (text: string) => text.length > 100;
    const texts = [
      ...batch.contacts.map(({ values }) => String(values.text)),
      ...batch.deadLetters.map(({ body }) => body),
    ];
    if (texts.some(isTooLong)) {
      throw new SinkError('TEST_TOO_LONG', 'too long', { verdict: 'refused', outcome: 'not-committed' });
    }
    accepted.push(batch);
    return NOTHING_WRITTEN;
  };
  const short = { ...batchOf(['B']), deadLetters: [letterOf('earlier', '{}'), letterOf('next', '[]')] };
  const long = { ...treeOf('A'), values: { text: 'x'.repeat(200) } };
  await writeIsolating({ ...short, contacts: [long, ...short.contacts] }, write, context);
  const letters = accepted.flatMap((batch) => batch.deadLetters);
  expect(letters.map(({ contactId, body }) => [contactId, body]).sort()).toEqual([
    ['A', ''],
    ['earlier', '{}'],
    ['next', '[]'],
  ]);
  expect(accepted.flatMap((batch) => batch.contacts.map(({ contactId }) => contactId))).toEqual(['B']);
  expect(accepted.map(({ settled }) => settled.length > 0).indexOf(true)).toBe(accepted.length - 1);
});

it('passes on what is no refusal, and a refusal of nothing in particular', async () => {
  const fail = (verdict: 'fatal' | 'refused') => async () => {
    throw new SinkError('TEST_FAILED', 'broken', { verdict, outcome: 'not-committed' });
  };
  await expect(writeIsolating(batchOf(['A']), fail('fatal'), context)).rejects.toThrow('broken');
  await expect(writeIsolating(batchOf([]), fail('refused'), context)).rejects.toThrow('broken');
});
