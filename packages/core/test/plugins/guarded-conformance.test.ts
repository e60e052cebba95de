import { storeCases, wrapSinks } from '@dbsync/testkit';
import { describe, it } from 'vitest';
import { memorySubject } from '../../../../test/conformance/memory-subject.ts';
import { guardStore } from '../../src/plugins/guarded-store.ts';

describe('a sink behind its guard keeps the same promises', () => {
  const subject = wrapSinks(memorySubject(), guardStore);
  for (const { name, run } of storeCases.filter(({ needs }) => needs !== 'process' && needs !== 'network')) {
    it(name, () => run(subject));
  }
});
