import { expect, it } from 'vitest';
import { readProcessIdentity } from './read-process.js';

it('R36 reads the process beside a lease, and takes anything else for an unknown one', () => {
  const process = { host: 'h', bootId: 'b', pid: 7, startedAt: 's' };
  expect(readProcessIdentity(JSON.stringify(process))).toEqual(process);
  for (const text of [
    null,
    '',
    'no JSON',
    'null',
    '[]',
    '{"host":"h"}',
    '{"host":"h","bootId":"b","pid":"7","startedAt":"s"}',
  ]) {
    expect(readProcessIdentity(text)).toMatchObject({ bootId: 'unknown', startedAt: 'unknown' });
  }
});
