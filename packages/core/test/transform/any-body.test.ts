import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ContactTree,
  type Fields,
  isFields,
  type Json,
  NESTED_KEYS,
  type Row,
  rowsOfContact,
} from '../../src/contract/index.ts';
import { contactToTree } from '../../src/transform/contact-to-tree.ts';

function treeOfLog(taskLog: Json): ContactTree {
  const context = {
    stream: 'campaign',
    filter: { mode: 'all', prefixes: [] },
    now: () => '2026-03-02T12:00:00.000Z',
  } as const;
  return contactToTree({ $id: 'C1', $task_log: taskLog }, context);
}

describe('any body', () => {
  const anything = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
  const orAnything = (shape: fc.Arbitrary<Json>) =>
    fc.oneof({ weight: 8, arbitrary: shape }, { weight: 1, arbitrary: anything });
  const textOrAnything = orAnything(fc.constantFrom('a', 'b', 'c', ''));
  const listOf = (item: fc.Arbitrary<Json>) => orAnything(fc.array(orAnything(item), { maxLength: 3 }));
  const optional = { requiredKeys: [] };
  const recording = fc.record({ location: textOrAnything, started: textOrAnything }, optional);
  const { connection } = fc.letrec((tie) => ({
    connection: fc.record(
      {
        id: textOrAnything,
        technology: fc.constantFrom('transfer', 'sip'),
        recordings: listOf(recording),
        third_party_connections: fc.option(listOf(tie('connection') as fc.Arbitrary<Json>), { maxDepth: 2 }),
      },
      optional,
    ),
  }));
  const transaction = fc.record(
    { fired: textOrAnything, sequence_nr: textOrAnything, connections: listOf(connection) },
    optional,
  );
  const taskLog = listOf(fc.record({ transactions: listOf(transaction) }, optional));

  it('becomes a tree: nothing throws, ids are unique, parents come first', () => {
    fc.assert(
      fc.property(taskLog, (log) => {
        const tree = treeOfLog(log);
        const seen = new Map<string, Set<string>>();
        for (const row of rowsOfContact(tree)) {
          const ids = seen.get(row.table) ?? new Set();
          seen.set(row.table, ids);
          expect(ids.has(row.id)).toBe(false);
          if (row.table === 'connections' && row.connectionId) expect(ids.has(row.connectionId)).toBe(true);
          ids.add(row.id);
          expect(tree.formerIds).not.toContain(row.id);
        }
        expect(new Set(tree.deadLetters.map(({ key }) => key)).size).toBe(tree.deadLetters.length);
      }),
    );
  });

  it('loses nothing: every number that was put in comes out in a row or in a dead letter', () => {
    fc.assert(
      fc.property(taskLog, (log) => {
        let count = 0;
        const marked = JSON.parse(JSON.stringify(log), (_name, value) =>
          typeof value === 'number' ? `#${count++}#` : value,
        );
        const tree = treeOfLog(marked);
        const rows = [...rowsOfContact(tree)].filter(({ table }) => table !== 'contacts').map(ownValues);
        const kept = JSON.stringify([rows, tree.deadLetters.map(({ body }) => JSON.parse(body))]);
        for (const [mark] of JSON.stringify(withoutEntryFields(marked)).matchAll(/#\d+#/g))
          expect(kept).toContain(mark);
      }),
    );
  });
});

function ownValues({ table, values }: Row): Fields {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !NESTED_KEYS[table].includes(name)));
}

/** Fields of an entry of the task log beside its transactions have no row by design. */
function withoutEntryFields(log: Json): Json {
  if (!Array.isArray(log)) return log;
  return log.map((entry) => (isFields(entry) && entry.transactions !== undefined ? [entry.transactions] : []));
}
