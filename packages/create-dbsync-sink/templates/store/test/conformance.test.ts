import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { guardStore } from '@dbsync/core';
import type { SinkNotice } from '@dbsync/core/contract';
import { type Need, type StoreSubject, sampleContact, storeCases, wrapSinks } from '@dbsync/testkit';
import { type Database, openDatabase, rowsOf } from '../src/database.ts';
import { createSink } from '../src/index.ts';

const subject: StoreSubject = {
  createTarget: async () => {
    const path = randomUUID();
    const database = openDatabase(path);
    const address = { scheme: 'example', user: null, password: null, host: '', port: null, path };
    const notices: SinkNotice[] = [];
    return {
      createSink: () => {
        const sink = createSink({ address, options: {}, notify: (notice) => notices.push(notice) });
        if (sink.kind !== 'store') throw new TypeError('The sink is a store.');
        return sink;
      },
      // Read your target by another client here, never through the sink.
      readRows: async (table) => rowsOf(database, table),
      remove: async () => {},
      hasNoSchema: true,
      notices: () => notices,
      refusedContact: (contactId) => sampleContact(contactId.padEnd(300, '-')),
      snapshot: async () => {
        const kept = copyOf(database);
        return async () => {
          database.streams.clear();
          for (const [name, stream] of copyOf(kept).streams) database.streams.set(name, stream);
        };
      },
    };
  },
};

/** A database in memory has no server and no second process. Offer what your target has, and take it out of this list. */
const LACKING: readonly Need[] = [
  'schema',
  'process',
  'network',
  'damage',
  'obstacle',
  'erasure',
  'mirroring',
  'verifying',
  'reporting',
  'explaining',
  'viewing',
  'summarising',
  'looking',
  'planning',
  'bulk',
  'indexing',
];

const guarded = wrapSinks(subject, guardStore);

for (const { name, needs, run } of storeCases) {
  if (needs !== undefined && LACKING.includes(needs)) continue;
  test(name, () => run(subject));
  test(`${name}, guarded`, () => run(guarded));
}

function copyOf({ streams }: Database): Database {
  return {
    streams: new Map(
      Array.from(streams, ([name, stream]) => [
        name,
        {
          ...stream,
          rows: new Map(stream.rows),
          contacts: new Map(stream.contacts),
          deadLetters: new Map(stream.deadLetters),
          requests: new Map(stream.requests),
        },
      ]),
    ),
  };
}
