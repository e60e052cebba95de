import { expect, it } from 'vitest';
import type { Fields } from '../contract/index.js';
import { toContactRecord } from './contact-record.js';

const options = {
  stream: 'campaign',
  filter: { mode: 'all', prefixes: [] },
  now: () => '2026-03-02T12:00:00.000Z',
} as const;

it('R6 a body that cannot be taken apart is a dead letter', () => {
  let reads = 0;
  const body: Fields = {
    $id: 'C1',
    $md5: 'm',
    get $task_log() {
      if (++reads === 1) throw new RangeError('too much');
      return null;
    },
  };
  expect(toContactRecord('C1', body, options)).toMatchObject({
    kind: 'dead-letter',
    deadLetter: { kind: 'contact', contactId: 'C1', md5: 'm', code: 'API_RECORD_UNREADABLE' },
  });
});

it('any other is a tree', () => {
  expect(toContactRecord('C1', { $id: 'C1' }, options)).toMatchObject({ kind: 'tree', tree: { contactId: 'C1' } });
});
