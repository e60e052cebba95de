import { storeCases } from '@dbsync/core/testkit';
import { describe, it } from 'vitest';
import { postgresSubject } from '../../../test/harness/postgres-store.ts';
import { createSink } from './index.js';

const subject = postgresSubject(createSink);

describe('the store contract', () => {
  for (const { name, run } of storeCases) it(name, () => run(subject));
});
