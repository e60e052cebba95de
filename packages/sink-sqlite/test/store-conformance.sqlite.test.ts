import { guardStore } from '@dbsync/core';
import { storeCases, wrapSinks } from '@dbsync/testkit';
import { describe, it } from 'vitest';
import { sqliteSubject } from '../../../test/harness/sqlite-subject.ts';

describe('the SQLite sink keeps the promises of a store', () => {
  for (const { name, run } of storeCases.filter(({ needs }) => needs !== 'network' && needs !== 'refusal')) {
    it(name, () => run(sqliteSubject));
  }
});

describe('so it does behind its guard', () => {
  const guarded = wrapSinks(sqliteSubject, guardStore);
  for (const { name, run } of storeCases.filter(
    ({ needs }) => needs === undefined || needs === 'rows' || needs === 'snapshot',
  ))
    it(name, () => run(guarded));
});
