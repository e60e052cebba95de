import type { Finding } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { ofSink } from './doctor-finding.js';

it('counts a level that the contract does not have as a failure, and takes a missing remedy for none', () => {
  const strange = { level: 'constructor', what: 'Broken' } as unknown as Finding;
  expect(ofSink('health', strange)).toEqual({ check: 'health', level: 'fail', what: 'Broken', remedy: null });
  expect(ofSink('health', { level: 'unknown', what: 'Hidden', remedy: null }).level).toBe('not-checked');
});
