import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreSink } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { createMemoryTarget, rowsOfMessages } from '../../packages/testkit/src/memory/memory-target.ts';
import { runStoreConformance, storeCases } from '../../packages/testkit/src/run-store-conformance.ts';
import type { StoreSubject } from '../../packages/testkit/src/store-subject.ts';
import { createSink, remoteBreakages } from './bad-sinks/remote-sinks.ts';
import { failedCases } from './failed-cases.ts';
import { startRemoteMemoryServer } from './remote-memory/server.ts';

const cases = storeCases.filter(({ needs }) => needs === 'process' || needs === 'network');
/** Child processes import the TypeScript file as it is: Node.js strips its types. */
const entry = new URL('./bad-sinks/remote-sinks.ts', import.meta.url).href;

it('a correct sink passes every case that needs a network or a process', async () => {
  const { passed } = await runStoreConformance(remoteSubject('nothing'), cases);
  expect(passed).toHaveLength(cases.length);
});

it('has a bad sink for each case', () => {
  expect(Object.keys(remoteBreakages).sort()).toEqual(cases.map(({ name }) => name).sort());
});

it.each(Object.keys(remoteBreakages))('a sink fails only: %s', async (name) => {
  const needs = cases.find((one) => one.name === name)?.needs;
  const alike = cases.filter((one) => one.needs === needs);
  expect(await failedCases(remoteSubject(name), alike)).toEqual([name]);
});

function remoteSubject(breaks: string): StoreSubject {
  return {
    createTarget: async () => {
      const target = createMemoryTarget();
      const server = await startRemoteMemoryServer(target);
      const name = join(tmpdir(), `dbsync-remote-${randomUUID()}`);
      const options = { breaks, name };
      const addressOf = (port: number) => {
        return { scheme: 'memory', user: null, password: null, host: server.host, port, path: '' };
      };
      const createSinkAt = (port: number): StoreSink => {
        const sink = createSink({ address: addressOf(port), options, notify: () => {} });
        if (sink.kind !== 'store') throw new TypeError('it should be a store');
        return sink;
      };
      return {
        createSink: () => createSinkAt(server.port),
        readRows: async (table) => rowsOfMessages(target, table),
        remove: async () => {
          rmSync(name, { force: true });
          await server.close();
        },
        server: { ...server, createSinkAt },
        plugin: { entry, address: addressOf(server.port), options },
      };
    },
  };
}
