import { describe, it } from 'vitest';
import { memorySubject } from '../testkit/memory-subject.js';
import { storeCases } from '../testkit/run-store-conformance.js';
import { wrapSinks } from '../testkit/store-subject.js';
import { guardStore } from './guarded-store.js';

describe('a sink behind its guard keeps the same promises', () => {
  const subject = wrapSinks(memorySubject(), guardStore);
  for (const { name, run } of storeCases.filter(({ needs }) => needs !== 'process' && needs !== 'network')) {
    it(name, () => run(subject));
  }
});
