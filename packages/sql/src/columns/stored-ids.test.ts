import type { Row } from '@dbsync/core/contract';
import { describe, expect, it } from 'vitest';
import { createStoredIds, createTakenIds } from './stored-ids.js';

const connection: Row = {
  table: 'connections',
  id: 'shared',
  contactId: 'B2',
  transactionId: 't',
  connectionId: null,
  values: {},
};
const recording: Row = { ...connection, table: 'recordings', id: 'r', connectionId: 'shared' };

describe('createStoredIds', () => {
  it('R18 derives an id from the id and the parent, and rows below follow', () => {
    const ids = createStoredIds();
    expect(ids.placed(connection)).toBe(connection);
    ids.derive(connection);
    const { id } = ids.placed(connection);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(ids.placed(recording)).toEqual({ ...recording, connectionId: id });
    expect(ids.placed({ ...connection, contactId: 'A1' }).id).toBe('shared');
    expect(ids.placed({ ...recording, id: 'shared' }).id).toBe('shared');
  });

  it('R18 derives the same id each time, and another one where that is taken too', () => {
    const [first, second] = [createStoredIds(), createStoredIds()];
    for (const ids of [first, second]) ids.derive(connection);
    expect(second.placed(connection)).toEqual(first.placed(connection));
    second.derive(connection);
    expect(second.placed(connection).id).not.toBe(first.placed(connection).id);
  });
});

describe('createTakenIds', () => {
  it('counts how often a row had to give way', () => {
    const taken = createTakenIds();
    expect(taken.count(connection)).toBe(0);
    taken.add(connection);
    taken.add(connection);
    expect(taken.count({ ...connection, values: { a: 1 } })).toBe(2);
    expect(taken.count({ ...connection, contactId: 'A1' })).toBe(0);
  });
});
