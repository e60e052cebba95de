import { type Claim, SinkError } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import type { SqlContext } from './engine/sql-context.js';
import type { OpenDatabase, Work } from './open-database.js';
import { createSqlReporting } from './sql-reporting.js';

it('reports a refused heartbeat outside of the call, so that no table is read again, and tries again after sixty', async () => {
  const options = { signal: new AbortController().signal };
  let asked = 0;
  const describe = async () => {
    asked += 1;
    throw new SinkError('SQL_DENIED', 'denied', { verdict: 'fatal', outcome: 'not-committed' });
  };
  const context = { names: {}, session: { schema: { describe } } } as unknown as SqlContext;
  const errorsOfCalls: unknown[] = [];
  const call = async <T>(_: unknown, work: Work<T>): Promise<T> => {
    try {
      return await work(context, {} as Parameters<Work<T>>[1]);
    } catch (error) {
      errorsOfCalls.push(error);
      throw error;
    }
  };
  const reporting = createSqlReporting({ call } as OpenDatabase);
  const keep = () => reporting.keepHeartbeat({} as Claim, '{}', options);
  await expect(keep()).rejects.toThrow('denied');
  for (let heartbeat = 0; heartbeat < 60; heartbeat++) await keep();
  expect(asked).toBe(1);
  await expect(keep()).rejects.toThrow('denied');
  expect(errorsOfCalls).toEqual([]);
});
