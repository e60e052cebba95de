import type { EndpointSink } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import type { EndpointSubject } from '../../packages/testkit/src/endpoint-subject.ts';
import { createMemoryInbox } from '../../packages/testkit/src/memory/memory-inbox.ts';
import { endpointCases, runEndpointConformance } from '../../packages/testkit/src/run-endpoint-conformance.ts';
import { createSink, remoteEndpointBreakages } from './bad-endpoints/remote-endpoints.ts';
import { failedCases } from './failed-cases.ts';
import { startRemoteInboxServer } from './remote-memory/inbox-server.ts';

const cases = endpointCases.filter(({ needs }) => needs === 'process' || needs === 'network');
/** Child processes import the TypeScript file as it is: Node.js strips its types. */
const entry = new URL('./bad-endpoints/remote-endpoints.ts', import.meta.url).href;

it('a correct endpoint passes every case that needs a network or a process', async () => {
  const { passed } = await runEndpointConformance(remoteSubject('nothing'), cases);
  expect(passed).toHaveLength(cases.length);
});

it('has a bad endpoint for each case', () => {
  expect(Object.keys(remoteEndpointBreakages).sort()).toEqual(cases.map(({ name }) => name).sort());
});

it.each(Object.keys(remoteEndpointBreakages))('an endpoint fails only: %s', async (name) => {
  const needs = cases.find((one) => one.name === name)?.needs;
  const alike = cases.filter((one) => one.needs === needs);
  expect(await failedCases(remoteSubject(name), alike)).toEqual([name]);
});

function remoteSubject(breaks: string): EndpointSubject {
  return {
    createTarget: async () => {
      const inbox = createMemoryInbox();
      const server = await startRemoteInboxServer(inbox);
      const options = { breaks };
      const addressOf = (port: number) => {
        return { scheme: 'memory', user: null, password: null, host: server.host, port, path: '' };
      };
      const createSinkAt = (port: number): EndpointSink => {
        const sink = createSink({ address: addressOf(port), options, notify: () => {} });
        if (sink.kind !== 'endpoint') throw new TypeError('it should be an endpoint');
        return sink;
      };
      return {
        createSink: () => createSinkAt(server.port),
        received: async () => inbox.received,
        remove: () => server.close(),
        server: { ...server, createSinkAt },
        plugin: { entry, address: addressOf(server.port), options },
      };
    },
  };
}
