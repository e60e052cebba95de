import { expect, it } from 'vitest';
import { memorySubject } from '../../../test/conformance/memory-subject.ts';
import { ConformanceError } from './run-cases.js';
import { runStoreConformance, storeCases } from './run-store-conformance.js';
import { storeCase } from './store-case.js';
import type { StoreSubject } from './store-subject.js';

it('passes the memory store, an outbox in all but its file', async () => {
  const report = await runStoreConformance(memorySubject());
  expect(report.failed).toEqual([]);
  expect(report.passed.length + report.notRun.length).toBe(storeCases.length);
});

it('fails where no case was run', async () => {
  await expect(runStoreConformance(memorySubject(), [])).rejects.toThrow('No case was run.');
  const needy = storeCase('needs a server', async () => {}, 'network');
  await expect(runStoreConformance(memorySubject(), [needy])).rejects.toThrow('No case was run.');
});

it('names each failed case and its reason', async () => {
  const failing = storeCase('holds water', async () => expect.unreachable('it leaks'));
  const error = await runStoreConformance(memorySubject(), [failing]).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConformanceError);
  expect(String(error)).toContain('1 cases failed:\n  holds water: ');
});

it('asks a store without a schema for nothing that needs one', async () => {
  const subject = memorySubject();
  const withoutSchema: StoreSubject = {
    createTarget: async () => ({ ...(await subject.createTarget()), hasNoSchema: true }),
  };
  const report = await runStoreConformance(withoutSchema);
  const { notRun } = await runStoreConformance(subject);
  const more = report.notRun.filter(({ name }) => !notRun.some((other) => other.name === name));
  expect(more.map(({ needs }) => needs)).toEqual(['schema']);
});
