import assert from 'node:assert/strict';
import { type Claim, isSinkError, type StoreSink } from '@dbsync/core/contract';
import type { CaseBench } from '../case-bench.js';
import { md5Of, sampleContact } from '../samples/sample-contacts.js';
import { rowsCase, type StoreCase } from '../store-case.js';
import { expectStored } from '../stored-rows.js';

/** Room that comes after the records is filled beside all other work. A sink without `filling` passes them. */
export const fillingCases: readonly StoreCase[] = [
  rowsCase('R21 values move into room that came later, in parts, beside writes of the same records', async (bench) => {
    const { sink, claim, write } = await bench.writer();
    const contactOf = (id: string, text: string) =>
      sampleContact(id, { md5: md5Of(text), values: { young: `young ${text}`, younger: `younger ${text}` } });
    const ids = Array.from({ length: 30 }, (_, nr) => `F${nr}`);
    await write({ contacts: ids.map((id) => contactOf(id, 'first')) });
    const fields = ['young', 'younger'].map((name) => ({ name, type: 'text' }));
    await sink.declareFields(fields, bench.options);
    const newer = ids.slice(0, 10).map((id) => contactOf(id, 'second'));
    await Promise.all([write({ contacts: newer }), fillAll(bench, sink, claim)]);
    await expectStored(bench.target, { contacts: [...newer, ...ids.slice(10).map((id) => contactOf(id, 'first'))] });
    assert.equal((await sink.filling?.fill(claim, bench.options)) ?? null, null, 'what is left once all is filled');
  }),

  rowsCase('R21 a process that lost its claim fills nothing over what a later one has written', async (bench) => {
    const before = await bench.writer();
    await before.write({ contacts: [sampleContact('L1', { values: { young: 'first' } })] });
    await before.sink.declareFields([{ name: 'young', type: 'text' }], bench.options);
    const next = await bench.takeOver(before);
    const newer = sampleContact('L1', { md5: md5Of('newer'), values: { young: 'second' } });
    await next.write({ contacts: [newer] });
    await fillAll(bench, before.sink, before.claim).catch((error: unknown) => {
      assert.ok(isSinkError(error) && error.verdict === 'fenced', `fenced, not: ${error}`);
    });
    await fillAll(bench, next.sink, next.claim);
    await expectStored(bench.target, { contacts: [newer] });
  }),
];

/** A number of parts that is greater than that of the records of a case. */
const MOST_PARTS = 100;

async function fillAll({ options }: CaseBench, { filling }: StoreSink, claim: Claim): Promise<void> {
  for (let part = 0; part < MOST_PARTS; part += 1) {
    if (((await filling?.fill(claim, options)) ?? null) === null) return;
  }
  assert.fail(`the fill has no end: ${MOST_PARTS} parts of a few records`);
}
