import type { Storage } from '@dbsync/sql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { postgresTypes } from './postgres-types.js';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: await createTestDatabase() });
  await client.connect();
});
afterAll(() => client.end());

async function kept(type: string, text: string): Promise<string> {
  const { rows } = await client.query(`SELECT ($1::text::${type})::text AS kept`, [text]);
  return rows[0].kept;
}

describe.each([
  ['smallint', 4, 0],
  ['integer', 9, 0],
  ['bigint', 18, 0],
  ['numeric(10,2)', 8, 2],
  ['numeric(10,0)', 10, 0],
  ['double precision', 9, 6],
])('%s', (type, integerDigits, fractionDigits) => {
  it('holds what it is said to hold', async () => {
    expect(postgresTypes.storageOf(type, null)).toEqual({ holds: 'number', integerDigits, fractionDigits });
    const fraction = fractionDigits === 0 ? '' : `.${'7'.repeat(fractionDigits)}`;
    for (const sign of ['', '-']) {
      const largest = `${sign}${'9'.repeat(integerDigits)}${fraction}`;
      expect(await kept(type, largest)).toBe(largest);
    }
  });
});

it('numeric holds as many digits as the type has', async () => {
  const storage = postgresTypes.storageOf('numeric', null) as Storage & {
    integerDigits: number;
    fractionDigits: number;
  };
  const largest = `${'9'.repeat(storage.integerDigits)}.${'7'.repeat(storage.fractionDigits)}`;
  expect(await kept('numeric', largest)).toBe(largest);
});

it.each([
  ['timestamp with time zone', 6],
  ['timestamp(3) with time zone', 3],
  ['timestamp(0) without time zone', 0],
  ['timestamp without time zone', 6],
])('%s holds instants with %i digits of a second', async (type, fractionDigits) => {
  expect(postgresTypes.storageOf(type, null)).toEqual({ holds: 'instant', minYear: 1, maxYear: 9999, fractionDigits });
  await client.query("SET TimeZone = 'UTC'");
  for (const day of ['0001-01-01', '9999-12-31'])
    expect(await kept(type, `${day}T23:59:59Z`)).toContain(`${day} 23:59:59`);
});

it.each(['character varying(3)', 'character varying(3) COLLATE "C"'])(
  '%s holds characters, not code units',
  async (type) => {
    expect(postgresTypes.storageOf(type, null)).toMatchObject({ holds: 'text', maxLength: 3, lengthIn: 'characters' });
    expect(await kept(type, '😀😀😀')).toBe('😀😀😀');
  },
);

it.each([
  'json',
  'uuid',
  'bytea',
  'character(3)',
  'date',
  'text[]',
  'citext',
  'numeric(5,-2)',
  'time without time zone',
])('leaves %s alone', (type) => {
  expect(postgresTypes.storageOf(type, null)).toEqual({ holds: 'unknown' });
});

it('widens narrow text only', () => {
  const wider = (type: string) => postgresTypes.wider(type, null);
  expect(['character varying(50)', 'character varying', 'text', 'numeric'].map(wider)).toEqual([
    'text',
    null,
    null,
    null,
  ]);
  expect(postgresTypes.wider('character varying(50)', 'key')).toBe(null);
});
