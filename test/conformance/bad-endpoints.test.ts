import { guardEndpoint } from '@dbsync/core';
import { describe, expect, it } from 'vitest';
import { wrapEndpoints } from '../../packages/testkit/src/endpoint-subject.ts';
import { endpointCases, runEndpointConformance } from '../../packages/testkit/src/run-endpoint-conformance.ts';
import { badEndpoints } from './bad-endpoints/memory-endpoints.ts';
import { failedCases } from './failed-cases.ts';
import { memoryEndpointSubject } from './memory-endpoint-subject.ts';

const cases = endpointCases.filter(({ needs }) => needs !== 'process' && needs !== 'network');

it('passes the memory endpoint', async () => {
  const { passed, notRun } = await runEndpointConformance(memoryEndpointSubject());
  expect(passed).toEqual(cases.map(({ name }) => name));
  expect(passed.length + notRun.length).toBe(endpointCases.length);
});

it('fails where no case was run', async () => {
  await expect(runEndpointConformance(memoryEndpointSubject(), [])).rejects.toThrow('No case was run.');
});

describe('an endpoint behind its guard keeps the same promises', () => {
  const subject = wrapEndpoints(memoryEndpointSubject(), guardEndpoint);
  for (const { name, run } of cases) it(name, () => run(subject));
});

it('has a bad endpoint for each case', () => {
  expect(Object.keys(badEndpoints).sort()).toEqual(cases.map(({ name }) => name).sort());
});

it.each(Object.entries(badEndpoints))('an endpoint fails only: %s', async (name, breakage) => {
  expect(await failedCases(memoryEndpointSubject(breakage), cases)).toEqual([name]);
});
