import { expect, it } from 'vitest';
import { createStageRegistry } from './stage-registry.js';
import type { UpsertTable } from './upsert-batch.js';

const table = (name: string): UpsertTable => ({ name }) as UpsertTable;

it('makes the statements of a table once, and again for a table with other columns', () => {
  const made: string[] = [];
  const registry = createStageRegistry((of: UpsertTable) => `${of.name} ${made.push(of.name)}`);
  const [calls, changed, connection] = [table('calls'), table('calls'), {}];
  expect([calls, calls, changed].map((of) => registry.statementsOf(of, connection))).toEqual([
    'calls 1',
    'calls 1',
    'calls 2',
  ]);
});

it('keeps the stages of each connection apart, and shares those that several registries are given', () => {
  const [one, other] = [{}, {}];
  const shared = new WeakMap<object, Map<string, string>>();
  const [first, second] = [1, 2].map(() => createStageRegistry(() => '', shared));
  first?.stagesOf(one).set('stage', 'made');
  expect([first?.stagesOf(other).size, second?.stagesOf(one).get('stage')]).toEqual([0, 'made']);
  expect(createStageRegistry(() => '').stagesOf(one).size).toBe(0);
});
