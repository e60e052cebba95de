import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type ContactTree,
  canonicalJson,
  type Fields,
  fieldOf,
  isFields,
  type Json,
  NESTED_KEYS,
  parseJson,
  rowsOfContact,
} from '../../src/contract/index.ts';
import { readJson } from '../../src/contract/read-json.ts';
import { createBatchBuilder } from '../../src/emit/batches.ts';
import { toContactRecord } from '../../src/transform/contact-record.ts';

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '\\',
  '\\n',
  '\n\n',
  '\0',
  '\ud83d',
  '1',
  'id',
  'fired',
  'sequence_nr',
  'location',
  'technology',
  'connections',
  'third_party_connections',
  'recordings',
];
/** Replaced in the finished text by a text that no other value has. */
const MARK = '"#"';
const LIMITS = { concurrentWrites: 1, batchContacts: 2, batchBytes: 10_000 };

const escaped = (text: string) =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`;
const quoted = (text: fc.Arbitrary<string>) =>
  fc.tuple(text, fc.boolean()).map(([value, isEscaped]) => (isEscaped ? escaped(value) : JSON.stringify(value)));

const anyName = quoted(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...NAMES) }, fc.string({ unit: 'binary' })));
const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.constant(MARK) },
  fc.constantFrom(
    'null',
    'true',
    '""',
    '0',
    '-0',
    '1.10',
    '1e5',
    '12345678901234567890',
    '0.1',
    `"${'x'.repeat(1_001)}"`,
  ),
  // A text longer than an id, than a column of 65,535 bytes, and than a batch.
  fc
    .tuple(
      fc.constantFrom(999, 1_000, 1_002, 21_846, 65_535, 65_536, 70_000),
      fc.constantFrom('x', '\u00e9', '\ud83d\ude00', '\ud83d'),
    )
    .map(([length, unit]) => JSON.stringify(unit.repeat(Math.ceil(length / unit.length)).slice(0, length))),
  quoted(fc.string({ unit: 'binary' })),
);
const textOf = (members: readonly (readonly [string, string])[]) =>
  `{${members.map(([name, value]) => `${name} : ${value}`)}}`;
const { anything } = fc.letrec<{ anything: string }>((tie) => ({
  anything: fc.oneof(
    { maxDepth: 4 },
    { weight: 20, arbitrary: scalar },
    { weight: 20, arbitrary: fc.array(tie('anything'), { maxLength: 3 }).map((items) => `[${items}]`) },
    { weight: 20, arbitrary: fc.array(fc.tuple(anyName, tie('anything')), { maxLength: 3 }).map(textOf) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.nat(3_000), tie('anything'))
        .map(([levels, item]) => '['.repeat(levels) + item + ']'.repeat(levels)),
    },
  ),
}));

/**
 * Returns mostly a list of such records; its members come in any order, twice, or with something else in their place.
 */
const listOf = (members: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> => {
  const known = Object.entries(members).map(([name, value]) => fc.tuple(fc.constant(JSON.stringify(name)), value));
  const record = fc.array(fc.oneof(...known, fc.tuple(anyName, anything)), { maxLength: 6 }).map(textOf);
  const item = fc.oneof({ weight: 8, arbitrary: record }, { weight: 1, arbitrary: anything });
  const list = fc.array(item, { maxLength: 3 }).map((items) => `[${items}]`);
  return fc.oneof({ weight: 8, arbitrary: list }, { weight: 1, arbitrary: anything });
};
const idText = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('"a"', '"b"', '"c"', '7') }, scalar);
const recordings = listOf({ location: idText, started: idText });
const inner = listOf({ id: idText, recordings, technology: fc.constantFrom('"transfer"', '"sip"') });
const nested = fc.tuple(fc.nat(30), inner).map(([levels, list]) => {
  const start = Array.from({ length: levels }, (_, level) => `[{"id":"n${level}","third_party_connections":`);
  return start.join('') + list + '}]'.repeat(levels);
});
const connections = listOf({ id: idText, recordings, third_party_connections: nested });
const transactions = listOf({ fired: idText, sequence_nr: idText, connections });
const taskLog = fc
  .array(
    transactions.map((list) => `{"transactions":${list}}`),
    { maxLength: 2 },
  )
  .map((log) => `[${log}]`);
const body = fc.tuple(fc.array(fc.tuple(anyName, anything), { maxLength: 4 }), taskLog).map(([fields, log]) => {
  let marks = 0;
  const text = textOf([...fields, ['"$task_log"', log], ['"$id"', '"C1"']]);
  return text.replaceAll(MARK, () => `"#${marks++}#"`);
});

it('R6 any text of a body becomes a contact of a batch: nothing throws, and nothing of it is lost', () => {
  const builder = createBatchBuilder(LIMITS);
  const options = {
    stream: 'campaign',
    filter: { mode: 'all', prefixes: [] },
    now: () => '2026-03-02T12:00:00.000Z',
  } as const;
  fc.assert(
    fc.property(body, (text) => {
      const values = parseJson(text);
      expect(canonicalJson(readJson(text))).toBe(canonicalJson(values));
      if (!isFields(values)) throw new Error('no object');
      const record = toContactRecord('C1', values, options);
      if (record.kind !== 'tree') throw new Error(record.deadLetter.reason);
      const kept = keptOf(record.tree);
      const log = fieldOf(values, '$task_log') ?? null;
      const rest = Object.entries(values).filter(([name]) => name !== '$task_log');
      for (const [mark] of canonicalJson([log, rest as unknown as Json]).matchAll(/#\d+#/g))
        expect(kept).toContain(mark);
      const full = builder.addContact(record.tree, text.length);
      expect(full === null || full.contacts.length > 0).toBe(true);
    }),
  );
});

/** Returns all that the rows and the dead letters of a tree hold; checks that each id is there once, parents first. */
function keptOf(tree: ContactTree): string {
  const seen = new Set<string>();
  const rows: Json[] = [];
  for (const { table, id, connectionId, values } of rowsOfContact(tree)) {
    expect(seen.has(`${table} ${id}`)).toBe(false);
    if (table === 'connections' && connectionId !== null) expect(seen.has(`connections ${connectionId}`)).toBe(true);
    seen.add(`${table} ${id}`);
    rows.push(Object.entries(values).filter(([name]) => !NESTED_KEYS[table].includes(name)) as unknown as Fields);
  }
  return canonicalJson(rows) + tree.deadLetters.map(({ body: text }) => text).join('');
}
