import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { createAnsweringTransport } from '../harness/answering-transport.ts';
import { startRun } from '../harness/observed-run.ts';

const FIELDS = [{ type: 'field', name: 'city', fieldType: 'text' }];
const CALLS = ['10:00', '10:05', '10:00'].map((time) => ({ id: 'TWIN', call_time: `2026-03-02T${time}:00.000Z` }));

it('tells once of two inbound calls that have one id', async () => {
  const transport = createAnsweringTransport(({ path }) => {
    if (path.startsWith('fields')) return { json: FIELDS };
    if (path.startsWith('inbound')) return { json: { count: CALLS.length, results: CALLS, cursor: null } };
    return { json: { count: 0, results: [], hits: [], cursor: null } };
  });
  const simulator = { url: 'http://127.0.0.1', token: 'TOKEN', campaign: 'CAMPAIGN' };
  const run = startRun({ simulator, store: createMemoryStore(createMemoryTarget()), transport });
  await run.done;
  const reported = run.events.filter((event) => event.type === 'notice' && event.code === 'API_CALL_ID_TWICE');
  expect(reported).toHaveLength(1);
  expect(reported[0]).toMatchObject({ level: 'warn', message: expect.stringMatching(/10:00.* and .*10:05.* TWIN/) });
});
