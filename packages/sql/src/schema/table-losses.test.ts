import { SinkError } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { createTableLosses } from './table-losses.js';

const fatal = { verdict: 'fatal', outcome: 'not-committed' } as const;
const missing = new SinkError('SQL_TABLES_MISSING', 'no tables', fatal);
const changed = new SinkError('TEST_CHANGED', 'no such table', fatal);

it('R16b takes tables that vanish under a running process for a lost connection, a few times in a row', () => {
  const losses = createTableLosses({ schemaChangedCode: 'TEST_CHANGED' });
  expect(losses.read(missing)).toBe(missing);
  losses.declared();
  const other = new SinkError('TEST_OTHER', 'no', fatal);
  expect(losses.read(other)).toBe(other);
  for (const error of [missing, changed, missing]) {
    expect(losses.read(error)).toMatchObject({ code: error.code, verdict: 'retryable', connectionLost: true });
  }
  expect(losses.read(changed)).toBe(changed);
  losses.succeeded();
  expect(losses.read(changed)).not.toBe(changed);
});
