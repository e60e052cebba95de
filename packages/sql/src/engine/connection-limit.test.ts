import { expect, it } from 'vitest';
import { limitFinding } from './connection-limit.js';

const limits = [
  { most: 97, name: 'max_connections' },
  { most: 20, name: 'the CONNECTION LIMIT of calls' },
];

it('warns where the campaigns of a file may open more connections than the lowest limit allows', () => {
  const what = 'The campaigns of the file may open 24 connections, and the CONNECTION LIMIT of calls allows 20';
  expect(limitFinding(24, limits)).toEqual([{ level: 'warn', what, remedy: 'See SQL_CONNECTIONS_FEW' }]);
  expect(limitFinding(20, limits)).toMatchObject([{ level: 'pass', remedy: null }]);
});

it('says nothing of a sink whose campaign has its process alone, or of a server without a limit', () => {
  expect(limitFinding(undefined, limits)).toEqual([]);
  expect(limitFinding(24, [])).toEqual([]);
});
