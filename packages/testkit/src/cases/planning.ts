import assert from 'node:assert/strict';
import type { Field, PlannedChange } from '@dbsync/core/contract';
import type { CaseBench } from '../case-bench.js';
import { type StoreCase, storeCase } from '../store-case.js';

const FIELDS: readonly Field[] = [
  { name: 'city', type: 'text' },
  { name: 'amount', type: 'number' },
];

/** A command tells what a start would change, in any target, and changes nothing. */
export const planningCases: readonly StoreCase[] = [
  planningCase('plan tells what a start would change where no copy stands, and changes nothing', async (bench) => {
    const before = await contentsOf(bench);
    const planned = await plan(bench);
    assert.equal(planned.hasCopy, false);
    assert.equal(await contentsOf(bench), before, 'what the target holds after a plan');
    const sink = await bench.open();
    const made = await sink.declareFields(FIELDS, bench.options);
    const foreseen = new Set(planned.changes.map(keyOf));
    assert.deepEqual(
      made.map(keyOf).filter((change) => !foreseen.has(change)),
      [],
      'changes that the plan lacked',
    );
  }),

  planningCase('plan tells of no change where a start has made them all, and of a new field alone', async (bench) => {
    const sink = await bench.open();
    await sink.declareFields(FIELDS, bench.options);
    const before = await contentsOf(bench);
    assert.deepEqual((await plan(bench)).changes, []);
    const { changes } = await plan(bench, [...FIELDS, { name: 'note', type: 'text' }]);
    assert.deepEqual(
      changes.map(({ change, column }) => [change, column]),
      [['add', 'note']],
    );
    assert.equal(await contentsOf(bench), before, 'what the target holds after a plan');
  }),
];

async function plan({ target, options }: CaseBench, fields = FIELDS) {
  const sink = target.looked?.createChecker?.();
  assert.ok(sink?.planChanges, 'the sink tells what a start would change');
  await sink.open(options);
  try {
    return await sink.planChanges(fields, options);
  } finally {
    await sink.close();
  }
}

async function contentsOf({ target }: CaseBench): Promise<string | undefined> {
  return target.looked?.contents();
}

function keyOf({ table, column, change, to }: Pick<PlannedChange, 'table' | 'column' | 'change' | 'to'>): string {
  return JSON.stringify([table, column, change, to]);
}

function planningCase(name: string, check: (bench: CaseBench) => Promise<void>): StoreCase {
  return storeCase(name, check, 'planning');
}
