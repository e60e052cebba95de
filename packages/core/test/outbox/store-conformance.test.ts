import { guardStore } from '@dbsync/core';
import { storeCases, wrapSinks } from '@dbsync/testkit';
import { describe, it } from 'vitest';
import { outboxSubject } from '../../../../test/harness/outbox-subject.ts';

describe('an outbox keeps the promises of a store', () => {
  for (const { name, run } of storeCases.filter(
    ({ needs }) => needs === undefined || needs === 'process' || needs === 'snapshot' || needs === 'erasure',
  )) {
    it(name, () => run(outboxSubject));
  }
});

describe('so it does behind its guard', () => {
  const guarded = wrapSinks(outboxSubject, guardStore);
  for (const { name, run } of storeCases.filter(
    ({ needs }) => needs === undefined || needs === 'snapshot' || needs === 'erasure',
  ))
    it(name, () => run(guarded));
});
