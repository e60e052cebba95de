import { expect, it } from 'vitest';
import { addedUp, connectionsLine } from './needed-connections.js';

it('adds up the connections of campaigns by server, and counts shared ones once', () => {
  const needed = addedUp([
    { server: 'a', most: 16, sharedAs: 'one login' },
    { server: 'b', most: 9 },
    { server: 'a', most: 16, sharedAs: 'one login' },
    { server: 'a', most: 16, sharedAs: 'another login' },
    { server: 'b', most: 9 },
  ]);
  expect(needed).toEqual([
    { server: 'a', most: 32, campaigns: 3 },
    { server: 'b', most: 18, campaigns: 2 },
  ]);
  expect(needed.map(connectionsLine)).toEqual([
    'a: 3 campaigns, up to 32 connections. The server has to allow them (max_connections).',
    'b: 2 campaigns, up to 18 connections. The server has to allow them (max_connections).',
  ]);
});
