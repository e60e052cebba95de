import { expect, it } from 'vitest';
import { type Batch, SinkError } from '../contract/index.js';
import { NOTHING_WRITTEN } from './refused-contacts.js';
import { writeApart } from './unwritable-records.js';

const context = { stream: 'S', now: () => '2026-01-01T00:00:00.000Z' };
const unknown = new SinkError('TEST_UNKNOWN', 'error 4711', {
  verdict: 'retryable',
  outcome: 'not-committed',
  isUnclassified: true,
});

function batchOf(contactIds: readonly string[], callIds: readonly string[] = []): Batch {
  const contacts = contactIds.map((contactId) => {
    return { contactId, md5: 'm', values: {}, transactions: [], formerIds: [], supersedes: [], deadLetters: [] };
  });
  return {
    contacts,
    inboundCalls: callIds.map((id) => ({ id, values: { id } })),
    deadLetters: [],
    settled: ['request'],
  };
}

/** Writes a batch in parts to a store that fails for some records with an error that it does not know. */
async function partsOf(batch: Batch, fails: (id: string) => boolean, failsAlone = false) {
  const committed: Batch[] = [];
  let tries = 0;
  const write = async (part: Batch) => {
    tries += 1;
    const ids = [...part.contacts.map(({ contactId }) => contactId), ...part.inboundCalls.map(({ id }) => id)];
    if (ids.some(fails)) throw unknown;
    committed.push(part);
    return { ...NOTHING_WRITTEN, inserted: ids.length };
  };
  const result = await writeApart(batch, { write, deadLetters: context, failsAlone: () => failsAlone });
  return { result, tries, rest: committed.at(-1), written: committed.flatMap(({ contacts }) => contacts).length };
}

const hundred = Array.from({ length: 100 }, (_, nr) => `C${nr}`);

it('R34 makes one contact that fails alone a dead letter, and writes all others', async () => {
  const { result, written, rest } = await partsOf(batchOf(hundred), (id) => id === 'C42');
  expect([result?.inserted, written]).toEqual([99, 99]);
  expect(rest?.deadLetters).toMatchObject([{ kind: 'contact', contactId: 'C42', code: 'TEST_UNKNOWN' }]);
  expect(rest?.settled).toEqual(['request']);
});

it('R34 gives up soon where nothing can be written, and makes no dead letter', async () => {
  const { result, tries, rest } = await partsOf(batchOf(hundred), () => true);
  expect([result, rest]).toEqual([null, undefined]);
  expect(tries).toBeLessThan(40);
});

it('R34 makes no dead letters of contacts where calls alone can be written', async () => {
  expect((await partsOf(batchOf(['A', 'B'], ['call 1', 'call 2']), (id) => !id.startsWith('call'))).result).toBeNull();
  expect((await partsOf(batchOf(['A', 'B'], ['call 1', 'call 2']), (id) => id.startsWith('call'))).result).toBeNull();
});

it('R34 leaves a contact alone in its batch to a later try, unless others were written meanwhile', async () => {
  expect((await partsOf(batchOf(['A']), () => true)).result).toBeNull();
  const { rest } = await partsOf(batchOf(['A'], ['call 1']), (id) => id === 'A', true);
  expect(rest?.deadLetters).toMatchObject([{ contactId: 'A' }]);
});
