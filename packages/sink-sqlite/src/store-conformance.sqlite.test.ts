import { storeCases } from '@dbsync/core/testkit';
import { describe, it } from 'vitest';
import { sqliteSubject } from '../../../test/harness/sqlite-subject.ts';

describe('the SQLite sink keeps the promises of a store', () => {
  for (const { name, run } of storeCases.filter(({ needs }) => needs === undefined || needs === 'process')) {
    it(name, () => run(sqliteSubject));
  }
});
