import { expect, it } from 'vitest';
import { leftLine, usedTarget } from './left-things.js';

const LEFT = ['dbsynctest1_contacts', 'dbsynctest12_sync_progress'];

it('tells what an earlier test left from what is of others', () => {
  expect(usedTarget('sqlite:x', LEFT).message).toContain(
    'An earlier dbsync plugins test left them there: remove them.',
  );
  expect(usedTarget('sqlite:x', [...LEFT, 'dbsynctest_contacts']).message).toContain('Nothing was changed.');
});

it('names what cases did not remove, the first five', () => {
  expect(leftLine('sqlite:x', [])).toBeNull();
  const line = leftLine('sqlite:x', [...LEFT, 'a', 'b', 'c', 'd', 'e']);
  expect(line).toContain('holds dbsynctest1_contacts, dbsynctest12_sync_progress, a, b, c and 2 more,');
});
