import { type Simulator, startSimulator, type TruthLine, type TruthRow } from '@dbsync/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareWithTruth } from './compare-with-truth.ts';
import type { ColumnKind } from './exact-cells.ts';
import { type ExactJson, parseExact } from './exact-json.ts';
import {
  COPY_TABLES,
  type CopyTable,
  copyColumns,
  idColumnOf,
  type StoredCopy,
  type StoredDeadLetter,
} from './stored-copy.ts';

type Row = Record<string, unknown>;

/** Columns that the copies of these tests have; every other field is in overflow. */
const COLUMNS: Readonly<Record<CopyTable, Readonly<Record<string, ColumnKind>>>> = {
  contacts: { $id: 'text', $md5: 'text', $comment: 'text', $created_date: 'instant', city_1: 'text' },
  transactions: { id: 'text', contact_id: 'text', fired: 'instant', pause_time_sec: 'number', isHI: 'boolean' },
  connections: { id: 'text', transaction_id: 'text', contact_id: 'text', parent_connection_id: 'text', user: 'text' },
  recordings: { id: 'text', contact_id: 'text', connection_id: 'text', location: 'text' },
  inbound_calls: { id: 'text', contact_id: 'text', started: 'instant', line_number: 'text' },
};

describe('compareWithTruth', () => {
  let simulator: Simulator;
  let lines: TruthLine[];

  beforeAll(async () => {
    simulator = await startSimulator({ contacts: 200, hostileEvery: 5, historyEndMs: Date.parse('2026-01-01') });
    simulator.activity.step(300);
    const text = await (await fetch(`${simulator.url}/__truth`)).text();
    lines = text
      .trimEnd()
      .split('\n')
      .map((line) => parseExact(line) as unknown as TruthLine);
  });
  afterAll(() => simulator.close());

  it('finds nothing in a perfect copy, over HTTP, and counts its rows', async () => {
    const { differences, rows, deadLetters } = await compareWithTruth(`${simulator.url}/__truth`, copyOf(lines));
    expect(differences).toEqual([]);
    expect(rows).toBe(lines.filter((line) => line.table !== 'dead_letters' && !line.gone).length);
    expect(deadLetters.length).toBeGreaterThan(5);
  });

  it('takes a copy that never saw what is gone', async () => {
    const gone = lines.filter((line) => line.table !== 'dead_letters' && line.gone);
    expect(gone.length).toBeGreaterThan(0);
    const { differences } = await compareWithTruth(() => lines, copyOf(lines.filter((line) => !gone.includes(line))));
    expect(differences).toEqual([]);
  });

  const corruptions: readonly [string, (tables: Tables) => void, object][] = [
    ['a missing row', (tables) => void tables.recordings.splice(7, 1), { table: 'recordings', found: undefined }],
    ['a row too many', ({ connections }) => void connections.push({ id: 'odd' }), { id: 'odd', expected: undefined }],
    [
      'a row twice',
      ({ inbound_calls: calls }) => void calls.push({ ...calls[3] }),
      { table: 'inbound_calls', found: 'more' },
    ],
    ['a changed text', change('connections', 'user', () => 'Agent 99'), { column: 'user', found: 'Agent 99' }],
    ['a lost text', change('connections', 'user', () => null), { column: 'user', found: null }],
    ['another number', change('transactions', 'pause_time_sec', (n) => Number(n) + 1), { column: 'pause_time_sec' }],
    ['another instant', change('transactions', 'fired', () => '2001-01-01 00:00:00'), { column: 'fired' }],
    ['another boolean', change('transactions', 'isHI', (is) => (is === 't' ? 'f' : 't')), { column: 'isHI' }],
    ['another parent', change('recordings', 'connection_id', () => 'other'), { column: 'connection_id' }],
    [
      'a value that should not be',
      change('contacts', 'left_over', () => 'x', null),
      { column: 'left_over', found: 'x' },
    ],
    ['a lost dead letter', ({ letters }) => void letters.splice(2, 1), { table: 'dead_letters', found: undefined }],
    [
      'a dead letter too many',
      ({ letters }) => void letters.push(...letters.slice(0, 1)),
      { table: 'dead_letters', expected: undefined },
    ],
    ['a dead letter that was changed', changeLetter, { table: 'dead_letters', found: undefined }],
    ['an overflow that lost a field', overflow(() => '{}'), { table: 'contacts', found: undefined }],
    ['an overflow with more', overflow((text) => `{"zz":1,${text.slice(1)}`), { column: '$overflow.zz', found: 1 }],
    [
      'a rounded number',
      overflow((text) => text.replace('9007199254740993', '9007199254740992')),
      { table: 'contacts' },
    ],
    [
      'a replaced surrogate',
      overflow((text) => text.replaceAll('\\ud83d alone', '\ufffd alone')),
      { table: 'contacts' },
    ],
  ];

  it.each(corruptions)('finds %s', async (_what, corrupt, difference) => {
    const tables = tablesOf(lines);
    corrupt(tables);
    const { differences } = await compareWithTruth(() => lines, copyOfTables(tables));
    expect(differences[0]).toMatchObject(difference);
    expect(differences.length).toBeLessThanOrEqual(50);
  });

  it('stops at fifty differences', async () => {
    const { differences } = await compareWithTruth(() => lines, copyOf([]));
    expect(differences).toHaveLength(50);
  });

  it('refuses a truth that answers an error', async () => {
    await expect(compareWithTruth(`${simulator.url}/__truth?fm=odd`, copyOf([]))).rejects.toThrow('400');
  });
});

type Tables = Record<CopyTable, Row[]> & { readonly letters: StoredDeadLetter[] };

/** Changes the first cell that has a value; with `from` null, the first that has none. */
function change(table: CopyTable, column: string, to: (cell: unknown) => unknown, from: unknown = undefined) {
  return (tables: Tables) => {
    const row = tables[table].find((candidate) => (from === null) === ((candidate[column] ?? null) === null));
    if (!row) throw new Error(`No ${column} to change.`);
    row[column] = to(row[column]);
  };
}

function changeLetter({ letters }: Tables): void {
  const [letter] = letters.splice(0, 1);
  if (letter) letters.push({ ...letter, body: letter.body.replace('{', '{"more":1,') });
}

/** Changes all overflows of contacts that this function changes. */
function overflow(to: (text: string) => string) {
  return ({ contacts }: Tables) => {
    const texts = contacts.map(({ $overflow }) => $overflow);
    for (const row of contacts) if (row.$overflow !== null) row.$overflow = to(String(row.$overflow));
    expect(contacts.map(({ $overflow }) => $overflow)).not.toEqual(texts);
  };
}

function copyOf(lines: readonly TruthLine[]): StoredCopy {
  return copyOfTables(tablesOf(lines));
}

function tablesOf(lines: readonly TruthLine[]): Tables {
  const tables: Tables = {
    contacts: [],
    transactions: [],
    connections: [],
    recordings: [],
    inbound_calls: [],
    letters: [],
  };
  for (const line of lines) {
    if (line.table !== 'dead_letters') tables[line.table].push(rowOf(line));
    else tables.letters.push({ kind: line.kind, contactId: line.contactId, body: JSON.stringify(line.record) });
  }
  return tables;
}

function copyOfTables(tables: Tables): StoredCopy {
  return {
    count: async (table) => tables[table].length,
    rowsOf: async (table, ids) => {
      const wanted = new Set(ids);
      return tables[table].filter((row) => wanted.has(String(row[idColumnOf(table)])));
    },
    async *ids(table) {
      for (const row of tables[table]) yield String(row[idColumnOf(table)]);
    },
    columns: (table) => columnsOf(table),
    deadLetters: async () => tables.letters,
  };
}

function columnsOf(table: CopyTable) {
  return copyColumns(
    table,
    new Map(Object.entries(COLUMNS[table])),
    new Map([
      ['city', 'city_1'],
      ['mobile', 'not_there'],
    ]),
  );
}

/** Makes a row more simply than a sink: columns take strings and obvious values, overflow takes all others. */
function rowOf({ table, id, derived, contactId, values }: TruthRow): Row {
  const row: Row = Object.fromEntries(Object.keys(COLUMNS[table]).map((column) => [column, null]));
  Object.assign(row, derived, { [idColumnOf(table)]: id });
  const columns = columnsOf(table);
  const places: Readonly<Record<string, unknown>> = { ...derived, [idColumnOf(table)]: id };
  const overflow: [string, ExactJson][] = [];
  for (const [field, value] of Object.entries(values as Record<string, ExactJson>)) {
    const column = columns.columnOf(field);
    const isOwnColumn = column !== undefined && !Object.hasOwn(places, column);
    const isSaid = column !== undefined && places[column] === value;
    if (value === null || isSaid || (table === 'transactions' && field === 'id' && value === contactId)) continue;
    const cell = isOwnColumn ? cellOf(columns.kindOf(column), value) : undefined;
    if (isOwnColumn && cell !== undefined) row[column] = cell;
    else overflow.push([field, value]);
  }
  row.$overflow = overflow.length === 0 ? null : JSON.stringify(Object.fromEntries(overflow));
  return row;
}

/** Returns a cell; undefined where the column does not hold the value exactly. */
function cellOf(kind: ColumnKind, value: ExactJson): unknown {
  if (kind === 'text') return typeof value === 'string' ? value : undefined;
  if (kind === 'instant') {
    const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
    return isTime && new Date(value).getTime() > 0 && new Date(value).toISOString() === value
      ? value.slice(0, -1)
      : undefined;
  }
  if (kind === 'boolean') return typeof value === 'boolean' ? (value ? 't' : 'f') : undefined;
  return typeof value === 'number' ? `${value}.0` : undefined;
}

describe('COPY_TABLES', () => {
  it('are the tables of these copies', () => expect(COPY_TABLES).toEqual(Object.keys(COLUMNS)));
});
